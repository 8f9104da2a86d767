using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AspNet.Security.OAuth.Binance.Callback;

/// <summary>
/// The page that the browser is redirected to after a failed sign-in.
/// </summary>
internal static class FailurePage
{
    private const string FailureParameter = "failure";
    private const string ReturnUrlParameter = "returnUrl";

    public static string Url(PathString pathBase, BinanceAuthenticationOptions options, BinanceFailure failure, string? returnUrl)
        => LocalUrl.To(pathBase, options.FailurePath, (FailureParameter, FailureNames.Of(failure)), (ReturnUrlParameter, returnUrl));

    /// <summary>Returns the message of the exception that is thrown when there is no such page.</summary>
    public static string Missing(string scheme, BinanceFailure failure)
        => $"The sign-in with the scheme '{scheme}' failed ({FailureNames.Of(failure)}); the inner exception says why. "
            + $"To show a page instead of this exception, set {nameof(BinanceAuthenticationOptions.FailurePath)}, "
            + $"and {nameof(RemoteAuthenticationOptions.AccessDeniedPath)} if a user who cancels is to see another one.";

    /// <summary>
    /// Finds the option that names the page of a challenge. When the page of failed sign-ins itself challenges, the browser is redirected between it and
    /// Binance without end. A login page may be that page, and challenge when the user clicks a link.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="path">Its path.</param>
    /// <param name="options">The options of the scheme.</param>
    /// <param name="isImplicit">Whether the page itself needs a user, so that the challenge has no return URL of its own.</param>
    public static string? ChallengedBy(HttpContext context, PathString path, BinanceAuthenticationOptions options, bool isImplicit)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        // UseExceptionHandler and UseStatusCodePagesWithReExecute execute the same request again.
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
    /// Returns a value indicating whether the failure page of a failed sign-in began this one, and the failure page of another had begun that one.
    /// The user did not start these sign-ins: the failure page needs a user, and redirects by way of the cookie's login page.
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
