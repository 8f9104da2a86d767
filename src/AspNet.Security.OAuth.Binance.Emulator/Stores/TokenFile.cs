using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>
/// The file of <see cref="BinanceEmulatorOptions.TokenFile"/>, and its lock, which is held as long as the emulator runs: a second emulator
/// would write the tokens that the first one has revoked.
/// </summary>
internal sealed class TokenFile : IDisposable
{
    private readonly string _path;
    private readonly FileStream _lock;

    private TokenFile(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <exception cref="IOException">Another emulator has the file, or the system refuses it.</exception>
    /// <exception cref="InvalidDataException">The file is something else, or broken.</exception>
    public static (TokenFile File, TokenFileContent Content) Open(string path)
    {
        FileStream? held = null;
        try
        {
            path = Path.GetFullPath(path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            held = OpenPrivate($"{path}.lock", FileMode.OpenOrCreate);
            return (new(path, held), Read(path));
        }
        catch (Exception exception)
        {
            held?.Dispose();
            if (exception is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // An argument that is refused is a path that no file can have.
                throw Unusable(path, exception);
            }

            throw;
        }
    }

    /// <summary>Replaces the file by a rename, so that an emulator that is killed leaves the content before or the new one.</summary>
    /// <exception cref="IOException">The system refuses it.</exception>
    public void Write(TokenFileContent content)
    {
        try
        {
            // The lock makes it this emulator's alone: one that is there was left behind.
            var temporary = $"{_path}.tmp";
            File.Delete(temporary);
            using (var stream = OpenPrivate(temporary, FileMode.CreateNew))
            {
                JsonSerializer.Serialize(stream, content, TokenFileJson.Default.TokenFileContent);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(_path, exception);
        }
    }

    // The file of the lock stays: if it were deleted, two emulators could each hold a lock on a file of that name.
    public void Dispose() => _lock.Dispose();

    private static TokenFileContent Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            if (JsonSerializer.Deserialize(stream, TokenFileJson.Default.TokenFileContent) is { IsValid: true } content)
            {
                return content;
            }
        }
        catch (FileNotFoundException)
        {
            return TokenFileContent.Empty;
        }
        catch (JsonException)
        {
        }

        throw new InvalidDataException(
            $"The file {path} is no token file that this Binance emulator can read, and is left as it is. Delete it, or choose another one with {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}.");
    }

    private static IOException Unusable(string path, Exception exception) => new(
        $"The Binance emulator cannot use the token file {path}: {exception.Message} If another emulator uses it, stop that one, or choose another file with {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}.",
        exception);

    // It holds tokens: on Unix for its owner alone, from the start.
    private static FileStream OpenPrivate(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
