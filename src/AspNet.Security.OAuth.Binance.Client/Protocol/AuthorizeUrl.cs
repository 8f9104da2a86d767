using System.Text;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The URL of an authorization request (W1). Its language is the path segment before <c>/oauth/authorize</c>.
/// </summary>
internal static class AuthorizeUrl
{
    public const string LanguageRule = "a language is two letters, and may have a region of two to four letters: 'tr', 'zh-TW'.";

    private const string Suffix = "/oauth/authorize";

    // Compared without regard to case, as QueryString does: another parser may take names that differ in case as one parameter, and use the last.
    private static readonly HashSet<string> _reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "client_id", "client_secret", "code", "code_challenge", "code_challenge_method", "code_verifier", "redirect_uri", "response_mode", "response_type", "scope", "state",
    };

    // A language may come from the user's browser and becomes part of a path: letters only, so that it stays one segment.
    public static bool IsLanguage(ReadOnlySpan<char> value) => value.Length switch
    {
        2 => IsLetters(value),
        >= 5 and <= 7 => IsLetters(value[..2]) && value[2] is '-' && IsLetters(value[3..]),
        _ => false,
    };

    /// <summary>Returns a value indicating whether a parameter is one of the protocol's own, which an application must not set or repeat.</summary>
    public static bool IsReserved(string name) => _reserved.Contains(name);

    public static Uri Build(
        string endpoint,
        string clientId,
        string scope,
        string redirectUri,
        string codeChallenge,
        string state,
        IEnumerable<KeyValuePair<string, string>> additionalParameters)
    {
        var url = new StringBuilder(endpoint);
        var separator = endpoint.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        KeyValuePair<string, string>[] parameters =
        [
            new("client_id", clientId),
            new("scope", scope),
            new("response_type", "code"),
            new("redirect_uri", redirectUri),
            new("code_challenge", codeChallenge),
            new("code_challenge_method", "S256"),
            new("state", state),
            .. additionalParameters,
        ];
        foreach (var (name, value) in parameters)
        {
            url.Append(separator).Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return new Uri(url.ToString());
    }

    /// <param name="url">The URL.</param>
    /// <param name="language">The language, or <see langword="null"/> for none.</param>
    public static string WithLanguage(string url, string? language)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        var path = url.AsSpan(0, query < 0 ? url.Length : query);
        if (!path.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return url;
        }

        var end = path.Length - Suffix.Length;
        var start = path[..end].LastIndexOf('/') + 1;
        var isHost = start >= 2 && path[start - 2] is '/';
        return isHost || !IsLanguage(path[start..end]) || path[start..end].SequenceEqual(language)
            ? url
            : language is null
                ? string.Concat(url.AsSpan(0, start - 1), url.AsSpan(end))
                : string.Concat(url.AsSpan(0, start), language, url.AsSpan(end));
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
