using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Where the browser goes after a sign-in that failed.
/// </summary>
internal static class FailurePage
{
    private const string FailureParameter = "failure";

    public static string Url(PathString pathBase, BinanceAuthenticationOptions options, BinanceFailure failure, string? returnUrl)
        => LocalUrl.To(pathBase, options.FailurePath, (FailureParameter, FailureNames.Of(failure)), ("returnUrl", returnUrl));

    /// <summary>The message of the exception that is thrown where there is no page.</summary>
    public static string Missing(string scheme, BinanceFailure failure)
        => $"The sign-in with the scheme '{scheme}' failed ({FailureNames.Of(failure)}); the inner exception says why. "
            + $"To show a page instead of this exception, set {nameof(BinanceAuthenticationOptions.FailurePath)}, "
            + $"and {nameof(RemoteAuthenticationOptions.AccessDeniedPath)} if a user who cancels is to see another one.";

    /// <summary>
    /// Finds the option whose page a challenge comes from: the browser would be sent to Binance by the page where a sign-in ends that
    /// failed, and back to it, without end. A login page may be that page, and challenge when the user asks for it.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="options">The options of the scheme.</param>
    /// <param name="isImplicit">Whether the page itself needs a user, so that nobody chose where to go afterwards.</param>
    public static string? ChallengedBy(HttpRequest request, PathString path, BinanceAuthenticationOptions options, bool isImplicit)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        return Is(options.FailurePath) && (isImplicit || request.Query.ContainsKey(FailureParameter)) ? nameof(options.FailurePath)
            : Is(options.AccessDeniedPath) && isImplicit ? nameof(options.AccessDeniedPath)
            : null;

        bool Is(PathString page) => page.HasValue && string.Equals(page.Value.TrimEnd('/'), path.Value?.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
    }
}
