using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// Where the browser goes after a sign-in that failed.
/// </summary>
internal static class FailurePage
{
    private const string FailureParameter = "failure";
    private const string ReturnUrlParameter = "returnUrl";

    public static string Url(PathString pathBase, BinanceAuthenticationOptions options, BinanceFailure failure, string? returnUrl)
        => LocalUrl.To(pathBase, options.FailurePath, (FailureParameter, FailureNames.Of(failure)), (ReturnUrlParameter, returnUrl));

    /// <summary>The message of the exception that is thrown where there is no page.</summary>
    public static string Missing(string scheme, BinanceFailure failure)
        => $"The sign-in with the scheme '{scheme}' failed ({FailureNames.Of(failure)}); the inner exception says why. "
            + $"To show a page instead of this exception, set {nameof(BinanceAuthenticationOptions.FailurePath)}, "
            + $"and {nameof(RemoteAuthenticationOptions.AccessDeniedPath)} if a user who cancels is to see another one.";

    /// <summary>
    /// Finds the option whose page a challenge comes from: the browser would be sent to Binance by the page where a sign-in ends that
    /// failed, and back to it, without end. A login page may be that page, and challenge when the user asks for it.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="options">The options of the scheme.</param>
    /// <param name="isImplicit">Whether the page itself needs a user, so that nobody chose where to go afterwards.</param>
    public static string? ChallengedBy(HttpContext context, PathString path, BinanceAuthenticationOptions options, bool isImplicit)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        // The page of an exception or of a status is the same request once more.
        if (isImplicit && context.Features.Get<IExceptionHandlerPathFeature>() is { } error && AreEqual(error.Path, options.CallbackPath, request.PathBase))
        {
            return "the page of UseExceptionHandler";
        }

        path = context.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath ?? path;
        return AreEqual(path, options.FailurePath) && (isImplicit || request.Query.ContainsKey(FailureParameter)) ? nameof(options.FailurePath)
            : AreEqual(path, options.AccessDeniedPath) && isImplicit ? nameof(options.AccessDeniedPath)
            : null;
    }

    /// <summary>
    /// Returns a value indicating whether a sign-in that failed was begun by the failure page of one that failed, which was begun by the
    /// failure page of another: by then no person asks for it, but a page that needs a user, by way of the cookie's login page.
    /// </summary>
    public static bool IsLoop(PathString pathBase, BinanceAuthenticationOptions options, string? returnUrl)
        => IsFailurePage(pathBase, options, returnUrl, out var before) && IsFailurePage(pathBase, options, before, out _);

    private static bool IsFailurePage(PathString pathBase, BinanceAuthenticationOptions options, string? url, out string? returnUrl)
    {
        returnUrl = null;
        if (url?.IndexOf('?', StringComparison.Ordinal) is not (> 0 and var end) || !AreEqual(url[..end], options.FailurePath, pathBase))
        {
            return false;
        }

        var query = QueryHelpers.ParseQuery(url[end..]);
        returnUrl = query[ReturnUrlParameter];
        return query.ContainsKey(FailureParameter);
    }

    private static bool AreEqual(string? path, PathString page, PathString pathBase = default)
        => page.HasValue && string.Equals(pathBase.Add(page).Value!.TrimEnd('/'), path?.TrimEnd('/'), StringComparison.OrdinalIgnoreCase);
}
