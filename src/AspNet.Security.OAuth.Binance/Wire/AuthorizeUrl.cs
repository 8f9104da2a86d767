using System.Text.Encodings.Web;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The authorize URL (W1). Its language is the path segment before <c>/oauth/authorize</c>.
/// </summary>
internal static class AuthorizeUrl
{
    public const string LanguageRule = "a language is two letters, and may have a region of two to four letters: 'tr', 'zh-TW'.";

    /// <summary>What <see cref="Build"/> puts into the URL.</summary>
    public static readonly string[] Parameters
        = ["client_id", "scope", "response_type", "redirect_uri", "code_challenge", "code_challenge_method", "state"];

    private const string Suffix = "/oauth/authorize";

    // A language may come from the user's browser and becomes part of a path: letters only, so that it cannot be anything but a segment.
    public static bool IsLanguage(ReadOnlySpan<char> value) => value.Length switch
    {
        2 => IsLetters(value),
        >= 5 and <= 7 => IsLetters(value[..2]) && value[2] is '-' && IsLetters(value[3..]),
        _ => false,
    };

    public static string Build(
        string endpoint, string clientId, string scope, string redirectUri, string? codeChallenge, string state, UrlEncoder encoder)
    {
        var separator = endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var (proof, method) = codeChallenge is null ? ("", "") : ("&code_challenge=", "&code_challenge_method=S256");
        return $"{endpoint}{separator}client_id={encoder.Encode(clientId)}&scope={encoder.Encode(scope)}&response_type=code"
            + $"&redirect_uri={encoder.Encode(redirectUri)}{proof}{codeChallenge}{method}&state={encoder.Encode(state)}";
    }

    public static string WithLanguage(string endpoint, string language)
    {
        var query = endpoint.IndexOf('?', StringComparison.Ordinal);
        var path = endpoint.AsSpan(0, query < 0 ? endpoint.Length : query);
        if (!path.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return endpoint;
        }

        var end = path.Length - Suffix.Length;
        var start = path[..end].LastIndexOf('/') + 1;
        var isHost = start >= 2 && path[start - 2] is '/';
        if (isHost || !IsLanguage(path[start..end]) || path[start..end].SequenceEqual(language))
        {
            return endpoint;
        }

        return string.Concat(endpoint.AsSpan(0, start), language, endpoint.AsSpan(end));
    }

    private static bool IsLetters(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (!char.IsAsciiLetter(c))
            {
                return false;
            }
        }

        return true;
    }
}
