using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// What a request says about the page that it comes from: <c>Origin</c> (RFC 6454 section 7) and Fetch Metadata, which a page's script cannot
/// set. Browsers send the latter to trustworthy addresses alone (https, loopback, <c>*.localhost</c>): for others it is judged by
/// <c>Referer</c>, which a page can leave out. A program that is no browser says nothing.
/// </summary>
internal readonly struct RequestSite(HttpRequest request, BinanceEmulatorOptions options)
{
    // The first is of the Fetch standard, the second Chromium's before it; then Safari's and Firefox's.
    private static readonly string[] _purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    /// <summary>Gets the one origin that it comes from; <see langword="null"/> when it says none, or several.</summary>
    public string? Origin => request.Headers.Origin is [{ } origin] ? origin : null;

    /// <summary>Gets a value indicating whether it comes from a page of the emulator, from the browser itself or from no browser at all.</summary>
    public bool IsOwn => (HasNoOrigin || IsOwnOrigin) && (HasNoSite ? IsOfOwnReferer : Site is ["same-origin"] || (Site is ["none"] && !IsFrame));

    /// <summary>Gets a value indicating whether somebody opens a page in a window or a tab, from whichever page. Nobody has opened what is prefetched.</summary>
    public bool IsTopLevelNavigation => request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"] && !IsPrefetch;

    /// <summary>
    /// Gets a value indicating whether a browser that sends no Fetch Metadata may be opening a page: images and scripts do not accept HTML. A frame
    /// does, and cannot be told from a window.
    /// </summary>
    public bool MayBeNavigation => HasNoSite && HasNoOrigin && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets a value indicating whether a browser loads it before somebody opens it.</summary>
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

    // Compares the authority. The scheme is the application's or a proxy's in front of it, who may end TLS; where no proxy is allowed, nobody does.
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
