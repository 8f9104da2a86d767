using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>Reads a configuration file.</summary>
internal static class ConfigurationFile
{
    private static readonly JsonDocumentOptions _json = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is invalid.</exception>
    public static ConfigurationContent Read(string path)
    {
        var json = ReadBytes(path);
        try
        {
            using var document = JsonShape.Parse(json, _json);
            return Read(document.RootElement, Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
        catch (JsonException exception)
        {
            throw Refused(path, (int)(exception.LineNumber ?? 0) + 1, WordsOf(exception), exception);
        }
        catch (JsonDefectException exception)
        {
            throw Refused(path, JsonLines.Find(json.Span, exception.Path), exception.Message, exception);
        }
    }

    private static ConfigurationContent Read(JsonElement root, string folder)
    {
        var json = JsonShape.Read(root, SharedJson.Default.ConfigurationJson);
        string[] given = root.TryGetProperty("options", out var options) ? [.. options.EnumerateObject().Select(property => property.Name)] : [];
        if (json.Options.TokenFile is { } tokenFile)
        {
            if (tokenFile.Length == 0)
            {
                throw new JsonDefectException("options.tokenFile", "The name of the file is empty.");
            }

            json.Options.TokenFile = Path.Combine(folder, tokenFile);
        }

        var clients = json.Clients.Select((client, index) => client.ToClient($"clients[{index}]")).ToArray();
        var users = json.Users.Select((user, index) => user.ToUser($"users[{index}]")).ToArray();
        RefuseRepeated(clients.Select(client => client.ClientId), index => $"clients[{index}].clientId");
        RefuseRepeated(users.Select(user => user.UserId), index => $"users[{index}].userId");
        var content = new ConfigurationContent(
            json.Options,
            given,
            root.TryGetProperty("clients", out _) ? clients : null,
            root.TryGetProperty("users", out _) ? users : null,
            [.. json.Faults.Select((fault, index) => fault.ToPending($"faults[{index}]"))]);
        content.Apply(new BinanceEmulatorOptions());
        return content;
    }

    private static void RefuseRepeated(IEnumerable<string> ids, Func<int, string> path)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, id) in ids.Index())
        {
            if (!seen.Add(id))
            {
                throw new JsonDefectException(path(index), $"'{id}' exists already.");
            }
        }
    }

    private static ReadOnlyMemory<byte> ReadBytes(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            return bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
        }
        catch (FileNotFoundException exception)
        {
            throw new FileNotFoundException($"There is no configuration file {path}.", path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The configuration file {path} cannot be read: {exception.Message}", exception);
        }
    }

    // Without the position, which the serializer counts from 0 and the message from 1.
    private static string WordsOf(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }

    private static InvalidDataException Refused(string path, int line, string words, Exception exception)
        => new($"The configuration file {path} is refused, line {line}: {words}", exception);
}
