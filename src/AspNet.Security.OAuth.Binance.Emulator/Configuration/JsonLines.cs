using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>Finds the line of a value in a file.</summary>
internal static class JsonLines
{
    /// <returns>The line, from 1, of the value or of the innermost object or array around it.</returns>
    public static int Find(ReadOnlySpan<byte> json, string path)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        return Walk(json, ref reader, "", path);
    }

    // Counts lines only for values on the path: otherwise the time would be quadratic.
    private static int Walk(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, string place, string path)
    {
        var line = json[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var member = JsonShape.Member(place, NameOf(ref reader));
                reader.Read();
                line = WalkOrSkip(json, ref reader, member, path) ?? line;
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                line = WalkOrSkip(json, ref reader, $"{place}[{index}]", path) ?? line;
            }
        }

        return line;
    }

    // For a repeated property it finds the last one.
    private static int? WalkOrSkip(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, string place, string path)
    {
        if (path.StartsWith(place, StringComparison.Ordinal) && (path.Length == place.Length || path[place.Length] is '.' or '['))
        {
            return Walk(json, ref reader, place, path);
        }

        reader.Skip();
        return null;
    }

    // A name that is not valid Unicode is on no path.
    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return "\uFFFD";
        }
    }
}
