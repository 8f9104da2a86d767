using System.Collections.Frozen;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// <c>GET failed</c>: the page of a sign-in that failed or was cancelled. Its status is 200, because a
/// proxy may replace an error with a page of its own.
/// </summary>
internal static class FailedEndpoint
{
    private static readonly FrozenDictionary<string, BinanceFailure> _failures = Enum.GetValues<BinanceFailure>()
        .ToFrozenDictionary(FailureNames.Of, StringComparer.Ordinal);

    public static async Task<IResult> HandleAsync(HttpContext context, LoginGroup group, BinanceAuthenticationOptions options, string? failure, string? returnUrl)
    {
        // A redirect to AccessDeniedPath has no parameter for the failure.
        var kind = failure is null ? BinanceFailure.AccessDenied : _failures.GetValueOrDefault(failure);
        var destination = ReturnUrl.Of(context, returnUrl, context.Request.Query[options.ReturnUrlParameter]);

        // The Back button or a second tab repeated the callback of a sign-in that succeeded.
        return kind is BinanceFailure.CorrelationFailed && (await context.AuthenticateAsync(group.Scheme)).Succeeded
            ? new LoginPage(StatusCodes.Status200OK, static words => words.SignedIn, static words => words.Continue, destination)
            : new LoginPage(
                StatusCodes.Status200OK,
                words => words.Of(kind),
                static words => words.TryAgain,

                // Relative, because the group may have any prefix, and a proxy may add one.
                (context.Request.Path.Value!.EndsWith('/') ? "../" : string.Empty) + LoginRoutes.Login + QueryString.Create("returnUrl", destination),
                ReturnUrl.Of(context));
    }
}
