using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// Fields of a response that have to be text. A field that is absent and one that is null are the same.
/// </summary>
internal static class JsonFields
{
    /// <returns><see langword="false"/> if the field is there and is not text.</returns>
    public static bool TryText(JsonElement json, ReadOnlySpan<byte> name, out string? value)
    {
        value = null;
        if (!json.TryGetProperty(name, out var field) || field.ValueKind is JsonValueKind.Null)
        {
            return true;
        }

        if (field.ValueKind is not JsonValueKind.String)
        {
            return false;
        }

        try
        {
            value = field.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is valid JSON and no text.
            return false;
        }
    }

    /// <summary>Reads text, and takes a field of another type for absent: where an error is read, a second error helps nobody.</summary>
    public static string? TextOrNull(JsonElement json, ReadOnlySpan<byte> name) => TryText(json, name, out var value) ? value : null;
}
