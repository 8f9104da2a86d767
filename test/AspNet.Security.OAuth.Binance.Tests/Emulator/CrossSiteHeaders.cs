
namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The headers by which browsers describe the page of a request (Fetch Metadata, <c>Origin</c>, <c>Referer</c>).</summary>
public static class CrossSiteHeaders
{
    // Requests of a page of another site, and of a page on another port of localhost.
    public static TheoryData<string, string[]> Embedded => new()
    {
        { "image", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"] },
        { "image of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"] },
        { "script", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"] },
        { "iframe", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "iframe of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "iframe of the browser", ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"] },
        { "frame", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: frame"] },
        { "object", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: object"] },
        { "embed", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: embed"] },
        { "fetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: cors", "Sec-Fetch-Dest: empty", "Origin: https://app.example"] },
        { "fetch no-cors", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty"] },
        { "link rel=prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty", "Sec-Purpose: prefetch"] },
        { "speculation rule", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Purpose: prefetch;prerender"] },
        { "old prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Purpose: prefetch"] },
        { "old Firefox's prefetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "X-Moz: prefetch"] },
        { "old browser's fetch", ["Origin: https://app.example"] },
        { "sandboxed frame's fetch in an old browser", ["Origin: null"] },
        { "image without Fetch Metadata", ["Referer: http://site.test:5210/page", "Accept: image/avif,image/webp,*/*;q=0.8"] },
        { "script without Fetch Metadata", ["Referer: http://site.test:5210/", "Accept: */*"] },
        { "image of another port without Fetch Metadata", ["Referer: http://localhost:5300/", "Accept: image/*"] },
        { "referrer that is no address", ["Referer: site", "Accept: */*"] },
        { "two referrers", ["Referer: http://localhost/", "Referer: http://site.test/", "Accept: */*"] },
        { "repeated site", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image"] },
        { "unknown site", ["Sec-Fetch-Site: any", "Sec-Fetch-Dest: image"] },
    };

    public static TheoryData<string, string[]> Opened => new()
    {
        { "link", Requests.Link },
        { "link of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { "link of the emulator", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
        { "address bar", ["Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-User: ?1"] },
        { "program", [] },
    };

    public static TheoryData<string, string[]> ForeignForms => new()
    {
        { "form", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: https://app.example"] },
        { "form of another port", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: http://localhost:5300"] },
        { "form without a referrer", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Origin: null"] },
        { "form in an old browser", ["Origin: https://app.example"] },
        { "form without a referrer in an old browser", ["Origin: null"] },
        { "fetch", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: empty", "Origin: https://app.example"] },
        { "site without an origin", ["Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"] },
    };
}
