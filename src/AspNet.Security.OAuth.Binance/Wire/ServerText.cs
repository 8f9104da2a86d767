using System.Net;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Text that came from outside, made harmless: bounded, without control characters (a line break forges log entries),
/// and dropped if it repeats something that we sent and that is secret.
/// </summary>
internal static class ServerText
{
    private const int LongestCode = 64;
    private const int LongestDescription = 256;

    /// <summary>An error code: letters, digits and <c>_ - .</c> only; anything else is no code.</summary>
    public static string? Code(string? value, params ReadOnlySpan<string?> secrets)
    {
        if (value is not { Length: > 0 and <= LongestCode } || Repeats(value, secrets))
        {
            return null;
        }

        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
            {
                return null;
            }
        }

        return value;
    }

    public static string? Description(string? value, params ReadOnlySpan<string?> secrets)
    {
        if (string.IsNullOrWhiteSpace(value) || Repeats(value, secrets))
        {
            return null;
        }

        var length = Math.Min(value.Length, LongestDescription);
        return string.Create(length, value, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? ' ' : source[i];
            }
        });
    }

    private static bool Repeats(string value, ReadOnlySpan<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            // A form carries it encoded, in one of two ways, and a server may repeat the form.
            if (!string.IsNullOrEmpty(secret)
                && (Contains(value, secret) || Contains(value, Uri.EscapeDataString(secret)) || Contains(value, WebUtility.UrlEncode(secret))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Contains(string value, string secret) => value.Contains(secret, StringComparison.OrdinalIgnoreCase);
}
