using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// The page that a request comes from, by the headers that a browser sets: <c>Origin</c> (RFC 6454 section 7) and Fetch Metadata, which scripts
/// cannot set. Browsers send Fetch Metadata to trustworthy addresses alone (https, loopback, <c>*.localhost</c>). For others <c>Referer</c> is
/// used, which a page can suppress. Programs other than browsers send none of them.
/// </summary>
internal readonly struct RequestSite(HttpRequest request, BinanceEmulatorOptions options)
{
    // Of the Fetch standard, of older versions of Chromium, of Safari, of Firefox.
    private static readonly string[] _purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    /// <summary>Gets the origin; <see langword="null"/> when the header is missing or repeated.</summary>
    public string? Origin => request.Headers.Origin is [{ } origin] ? origin : null;

    /// <summary>Gets a value indicating whether it comes from a page of the emulator, from the browser's user interface or from another program.</summary>
    public bool IsOwn => (HasNoOrigin || IsOwnOrigin) && (HasNoSite ? IsOfOwnReferer : Site is ["same-origin"] || (Site is ["none"] && !IsFrame));

    /// <summary>Gets a value indicating whether it is the navigation of a window or a tab, from a page of any site, and no prefetch.</summary>
    public bool IsTopLevelNavigation => request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"] && !IsPrefetch;

    /// <summary>
    /// Gets a value indicating whether it may be a navigation by a browser that sends no Fetch Metadata: requests for images and scripts do not
    /// accept HTML. That of a frame does, and cannot be distinguished.
    /// </summary>
    public bool MayBeNavigation => HasNoSite && HasNoOrigin && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets a value indicating whether it is a prefetch.</summary>
    public bool IsPrefetch
    {
        get
        {
            var headers = request.Headers;
            return _purposeHeaders.Any(name => headers[name].Any(static value
                => value is not null && (value.Contains("prefetch", StringComparison.OrdinalIgnoreCase) || value.Contains("preview", StringComparison.OrdinalIgnoreCase))));
        }
    }

    private bool HasNoOrigin => request.Headers.Origin.Count == 0;

    private bool HasNoSite => Site.Count == 0;

    private bool IsOfOwnReferer => request.Headers.Referer is [] or [""]
        || (request.Headers.Referer is [{ } referer] && referer.Split("://", 2) is [var scheme, var rest] && IsOwnSite(scheme, rest.Split('/', 2)[0]));

    private StringValues Site => request.Headers["Sec-Fetch-Site"];

    private bool IsFrame => request.Headers["Sec-Fetch-Dest"] is ["iframe" or "frame" or "embed" or "object" or "fencedframe"];

    private bool IsOwnOrigin => Origin?.Split("://", 2) is [var scheme, var authority] && IsOwnSite(scheme, authority);

    // Compares the authority. The scheme may differ where a proxy is allowed, because the proxy may terminate TLS.
    private bool IsOwnSite(string scheme, string authority)
    {
        var own = RequestHost.Of(request);
        var host = own.Value!;
        var defaultPort = scheme == "https" ? ":443" : ":80";
        return scheme is "http" or "https"
            && (scheme == request.Scheme || options.Hosts.Contains(own.Host))
            && (host.Equals(authority, StringComparison.OrdinalIgnoreCase) || host.Equals(authority + defaultPort, StringComparison.OrdinalIgnoreCase));
    }
}
