using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// Fields of a response that have to be text. A field that is absent and one that is null are the same.
/// </summary>
internal static class JsonFields
{
    /// <returns><see langword="false"/> if the field is present and is not text.</returns>
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
            // An unpaired surrogate is valid JSON, and cannot be converted to a string.
            return false;
        }
    }

    /// <summary>Reads text. A field of another type counts as absent: for fields that only describe an error.</summary>
    public static string? TextOrNull(JsonElement json, ReadOnlySpan<byte> name) => TryText(json, name, out var value) ? value : null;
}
