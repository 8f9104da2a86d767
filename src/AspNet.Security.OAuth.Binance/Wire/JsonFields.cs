using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Fields of an answer, each with the type that it has to have. A field that is absent and one that is null are the same.
/// </summary>
internal static class JsonFields
{
    /// <summary>Reads text.</summary>
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

    /// <summary>Whether a field is this text, which is ASCII. Without escapes, as everybody writes it, it is compared where it stands.</summary>
    public static bool Is(JsonElement json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
        => json.TryGetProperty(name, out var field)
            && field.ValueKind is JsonValueKind.String
            && (JsonMarshal.GetRawUtf8Value(field)[1..^1].SequenceEqual(text)
                || (TryText(json, name, out var value) && Ascii.Equals(text, value)));

    /// <summary>
    /// Whether a field is absent or text, and right. Text of visible ASCII characters without escapes, which tokens and ids are made of, is
    /// right if it is not too long: it is looked at where it stands, so that text which somebody else reads next is not made twice.
    /// </summary>
    /// <param name="json">The object.</param>
    /// <param name="name">The field.</param>
    /// <param name="isRight">Whether any other text is right; asked with <see langword="null"/> for an absent field.</param>
    /// <param name="longest">Up to which length plain text needs no closer look.</param>
    public static bool IsText(JsonElement json, ReadOnlySpan<byte> name, Func<string?, bool> isRight, int longest = BoundedBody.Limit)
        => IsPlainText(json, name, longest) || (TryText(json, name, out var value) && isRight(value));

    /// <summary>Reads text, and takes a field of another type as absent: where an error is read, a second error helps nobody.</summary>
    public static string? TextOrNull(JsonElement json, ReadOnlySpan<byte> name) => TryText(json, name, out var value) ? value : null;

    private static bool IsPlainText(JsonElement json, ReadOnlySpan<byte> name, int longest)
        => json.TryGetProperty(name, out var field)
            && field.ValueKind is JsonValueKind.String
            && JsonMarshal.GetRawUtf8Value(field) is [_, .. var text, _]
            && text.Length > 0
            && text.Length <= longest
            && !text.ContainsAnyExceptInRange((byte)'\x21', (byte)'\x7e')
            && !text.Contains((byte)'\\');
}
