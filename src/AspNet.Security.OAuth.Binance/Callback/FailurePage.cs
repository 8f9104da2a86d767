using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Where the browser goes after a sign-in that failed.
/// </summary>
internal static class FailurePage
{
    public static string Url(HttpRequest request, PathString pathBase, BinanceAuthenticationOptions options, BinanceFailure failure)
    {
        // From the request once more, so that no field of the handler has to keep it.
        var returnUrl = options.StateDataFormat.Unprotect(State(request))?.RedirectUri;
        return LocalUrl.To(pathBase, options.FailurePath, ("failure", FailureNames.Of(failure)), ("returnUrl", returnUrl));
    }

    /// <summary>The message of the exception that is thrown where there is no page.</summary>
    public static string Missing(string scheme, BinanceFailure failure)
        => $"The sign-in with the scheme '{scheme}' failed ({FailureNames.Of(failure)}); the inner exception says why. "
            + $"To show a page instead of this exception, set {nameof(BinanceAuthenticationOptions.FailurePath)}, "
            + $"and {nameof(RemoteAuthenticationOptions.AccessDeniedPath)} if a user who cancels is to see another one.";

    private static string? State(HttpRequest request)
    {
        try
        {
            return BinanceAuthorizationResponse.Parse(request.QueryString.Value).State;
        }
        catch (BinanceAuthenticationException)
        {
            return null;
        }
    }
}
