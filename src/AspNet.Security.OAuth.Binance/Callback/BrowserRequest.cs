using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The headers by which a browser states the purpose and the origin of a request.
/// </summary>
internal static class BrowserRequest
{
    // Sec-Purpose: the Fetch standard. Purpose: its predecessor in Chromium and Safari. X-Purpose: Safari. X-Moz: Firefox.
    private static readonly string[] _purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    /// <summary>Returns a value indicating whether the browser prefetches the page, before the user opens it.</summary>
    public static bool IsPrefetch(HttpRequest request)
    {
        foreach (var header in _purposeHeaders)
        {
            foreach (var value in request.Headers[header])
            {
                if (HasPurpose(value))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Returns a value indicating whether a page of the same origin sent the request: by <c>Sec-Fetch-Site</c>, or else by <c>Origin</c>, which browsers send with a POST.
    /// </summary>
    public static bool IsSameOrigin(HttpRequest request)
        => request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site
            ? site is ["same-origin"]
            : request.Headers.Origin is [{ } origin] && origin.Equals($"{request.Scheme}://{request.Host.ToUriComponent()}", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Returns a value indicating whether a script sent the request. It cannot follow a redirect to another origin, and each of its
    /// requests would add a correlation cookie.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="isImplicit">
    /// Whether the endpoint itself needs a user. A login endpoint challenges with a return URL, and is opened by navigation, even
    /// when it has the metadata of endpoints for scripts, as every action of an ApiController does.
    /// </param>
    public static bool IsScript(HttpContext context, bool isImplicit)
    {
        if (IsEnhancedNavigation(context.Request))
        {
            return false;
        }

        var headers = context.Request.Headers;
        var metadata = context.GetEndpoint()?.Metadata;
        return headers["Sec-Fetch-Mode"] is [{ } mode, ..] && !mode.Equals("navigate", StringComparison.OrdinalIgnoreCase)
            || headers.XRequestedWith is [{ } with, ..] && with.Equals("XMLHttpRequest", StringComparison.OrdinalIgnoreCase)
            || (isImplicit
                && metadata?.GetMetadata<IDisableCookieRedirectMetadata>() is not null
                && metadata.GetMetadata<IAllowCookieRedirectMetadata>() is null);
    }

    /// <summary>
    /// Returns a value indicating whether the request is an enhanced navigation of Blazor's script. A script of another site can send the same header.
    /// </summary>
    public static bool IsEnhancedNavigation(HttpRequest request)
        => request.Headers.Accept.ToString().Contains("blazor-enhanced-nav=on", StringComparison.OrdinalIgnoreCase)
            && (request.Headers["Sec-Fetch-Site"] is { Count: 0 } or ["same-origin"]);

    /// <summary>Returns a value indicating whether the response is for a frame of a page (Fetch Metadata, the destinations of a nested navigation).</summary>
    public static bool IsFrame(HttpRequest request) => request.Headers["Sec-Fetch-Dest"] is ["iframe" or "frame" or "embed" or "object" or "fencedframe"];

    // The header is a list of tokens with parameters: prefetch;prerender.
    private static bool HasPurpose(string? value)
    {
        foreach (var range in value.AsSpan().SplitAny(';', ','))
        {
            if (value.AsSpan(range).Trim() is var purpose
                && (purpose.Equals("prefetch", StringComparison.OrdinalIgnoreCase) || purpose.Equals("preview", StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
