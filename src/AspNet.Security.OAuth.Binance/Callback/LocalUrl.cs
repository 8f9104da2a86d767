using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// URLs on this site, for a <c>Location</c> header.
/// </summary>
internal static class LocalUrl
{
    /// <summary>Returns a path without scheme and host, so that a forged <c>Host</c> header has no effect.</summary>
    public static string To(PathString pathBase, PathString path, params ReadOnlySpan<(string? Name, string? Value)> query)
    {
        var url = Of(pathBase.Add(path).ToUriComponent());
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(value))
            {
                url = QueryHelpers.AddQueryString(url, name, value);
            }
        }

        return url;
    }

    /// <summary>Returns the URL of a request. The path <c>//evil.example</c> is a path in a request, and another host in a redirect.</summary>
    public static string Of(string pathAndQuery)
    {
        var path = pathAndQuery.AsSpan().TrimStart("/\\");
        return path.Length == pathAndQuery.Length - 1 && pathAndQuery[0] is '/' ? pathAndQuery : string.Concat("/", path);
    }

    /// <summary>
    /// Escapes characters that a header cannot hold (RFC 3986 section 2.1): Kestrel throws, so that a return URL with an <c>ü</c>
    /// would end in an error after the sign-in.
    /// </summary>
    public static string? Encode(string? url)
    {
        if (url is null || !url.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return url;
        }

        var escaped = new StringBuilder(url.Length + 16);
        foreach (var rune in url.EnumerateRunes())
        {
            var text = rune.ToString();
            escaped.Append(rune.IsAscii && !Rune.IsControl(rune) ? text : Uri.EscapeDataString(text));
        }

        return escaped.ToString();
    }
}
