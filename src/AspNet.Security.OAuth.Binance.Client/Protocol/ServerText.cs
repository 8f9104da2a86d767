using System.Globalization;
using System.Net;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// Text from outside, made safe to log: bounded, without control characters (a line break forges log entries),
/// and removed if it repeats a secret, or a part of one.
/// </summary>
internal static class ServerText
{
    private const int LongestCode = 64;
    private const int LongestDescription = 256;

    // The number of consecutive characters that count as a part of a secret.
    private const int Piece = 12;

    /// <summary>An error code: letters, digits and <c>_ - .</c> only; anything else is not a code.</summary>
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
        var length = Math.Min(value?.Length ?? 0, LongestDescription);
        if (string.IsNullOrWhiteSpace(value) || Repeats(value.AsSpan(0, length), secrets))
        {
            return null;
        }

        return string.Create(length, value, static (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = IsVisible(source[i]) ? source[i] : ' ';
            }
        });
    }

    /// <summary>The address of a page: an absolute http or https URL without user information.</summary>
    public static string? Address(string? value, params ReadOnlySpan<string?> secrets)
        => value is { Length: <= LongestDescription }
            && Uri.TryCreate(value, UriKind.Absolute, out var address)
            && address is { Scheme: "https" or "http", UserInfo.Length: 0 }
            && !value.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e')
            && !Repeats(value, secrets)
            && !Repeats(Uri.UnescapeDataString(value), secrets)
                ? value
                : null;

    // Line separators forge log entries as well; invisible and bidirectional characters change what a reader sees.
    private static bool IsVisible(char c) => char.GetUnicodeCategory(c) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate);

    private static bool Repeats(ReadOnlySpan<char> value, ReadOnlySpan<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            // A server may repeat the form, in which the secret is encoded in one of two ways.
            if (!string.IsNullOrEmpty(secret)
                && (HasPiece(value, secret) || HasPiece(value, Uri.EscapeDataString(secret)) || HasPiece(value, WebUtility.UrlEncode(secret))))
            {
                return true;
            }
        }

        return false;
    }

    // Servers quote a value that they refuse, and may truncate it: "no such code: cf6941ae8918b6a0…".
    private static bool HasPiece(ReadOnlySpan<char> value, ReadOnlySpan<char> secret)
    {
        var length = Math.Min(secret.Length, Piece);
        for (var i = 0; i + length <= secret.Length; i++)
        {
            if (value.Contains(secret.Slice(i, length), StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
