using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// What a browser says about why it sends a request.
/// </summary>
internal static class BrowserRequest
{
    // The first two are of the Fetch standard and its predecessor in Chromium and Safari; the others of Safari and of Firefox.
    private static readonly string[] _purposeHeaders = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Moz"];

    /// <summary>Returns a value indicating whether nobody has opened the page yet.</summary>
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
    /// Returns a value indicating whether a script sent the request. It could not follow a redirect to another origin, and each of its
    /// attempts would leave a correlation cookie.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="isImplicit">
    /// Whether the endpoint itself needs a user. A login endpoint challenges with an address to go to afterwards: a person opens it, also
    /// where it may respond with JSON and so has the metadata of endpoints for scripts, as every action of an ApiController has.
    /// </param>
    public static bool IsScript(HttpContext context, bool isImplicit)
    {
        var headers = context.Request.Headers;
        if (headers.Accept.ToString().Contains("blazor-enhanced-nav=on", StringComparison.OrdinalIgnoreCase))
        {
            // A navigation that Blazor's script does, which opens the page itself when it meets a redirect to another origin.
            return false;
        }

        var metadata = context.GetEndpoint()?.Metadata;
        return headers["Sec-Fetch-Mode"] is [{ } mode, ..] && !mode.Equals("navigate", StringComparison.OrdinalIgnoreCase)
            || headers.XRequestedWith is [{ } with, ..] && with.Equals("XMLHttpRequest", StringComparison.OrdinalIgnoreCase)
            || (isImplicit
                && metadata?.GetMetadata<IDisableCookieRedirectMetadata>() is not null
                && metadata.GetMetadata<IAllowCookieRedirectMetadata>() is null);
    }

    // A list of tokens with parameters: prefetch;prerender.
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
