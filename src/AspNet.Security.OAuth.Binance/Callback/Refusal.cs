using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Requests that neither start nor finish a sign-in. None of them gets a cookie or spends a code.
/// </summary>
internal static class Refusal
{
    /// <summary>Refuses a callback that is not a navigation of the user: a form, a link checker's HEAD, a prefetch.</summary>
    /// <returns><see langword="true"/> if the response is complete.</returns>
    public static bool OfCallback(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = HttpMethods.Get;
            return true;
        }

        return OfPrefetch(context);
    }

    /// <summary>Refuses a challenge that the client cannot follow.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="options">Its options.</param>
    /// <param name="path">The path of the request.</param>
    /// <param name="isImplicit">Whether the page itself needs a user, so that the challenge has no return URL of its own.</param>
    /// <param name="logger">The logger.</param>
    /// <returns><see langword="true"/> if the response is complete.</returns>
    public static bool OfChallenge(
        HttpContext context, string scheme, BinanceAuthenticationOptions options, PathString path, bool isImplicit, SafeLogger logger)
    {
        if (OfPrefetch(context))
        {
            return true;
        }

        if (BrowserRequest.IsScript(context, isImplicit))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return true;
        }

        if (FailurePage.ChallengedBy(context, path, options, isImplicit) is { } option)
        {
            Log.FailurePageNeedsUser(logger, scheme, option, path);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return true;
        }

        return false;
    }

    private static bool OfPrefetch(HttpContext context)
    {
        if (!BrowserRequest.IsPrefetch(context.Request))
        {
            return false;
        }

        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        return true;
    }
}
