using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// What this handler writes into a <c>Location</c> header.
/// </summary>
internal static class Location
{
    /// <summary>A path on this site, without scheme and host, so that a forged <c>Host</c> header leads nowhere.</summary>
    public static string On(PathString pathBase, PathString path, params ReadOnlySpan<(string? Name, string? Value)> query)
    {
        var url = pathBase.Add(path).ToUriComponent();
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(name) && !string.IsNullOrEmpty(value))
            {
                url = QueryHelpers.AddQueryString(url, name, value);
            }
        }

        return url;
    }

    /// <summary>
    /// The URL as a header can hold it (RFC 3986 section 2.1). Kestrel throws at any other character, and a link that anybody may
    /// write, with an <c>ü</c> in its return URL, would end in an error after the sign-in.
    /// </summary>
    public static string? Of(string? url)
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
