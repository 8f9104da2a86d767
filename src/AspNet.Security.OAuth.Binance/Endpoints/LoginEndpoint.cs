using AspNet.Security.OAuth.Binance.Callback;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// <c>GET login</c>: signs the user in. It is a GET request, because it changes nothing: the user decides on Binance's page.
/// </summary>
internal static class LoginEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, LoginGroup group, string? returnUrl, string? locale)
    {
        // Binance's login page cannot be shown in a frame.
        if (BrowserRequest.IsFrame(context.Request) || BrowserRequest.IsScript(context, isImplicit: false))
        {
            return TypedResults.Unauthorized();
        }

        var destination = ReturnUrl.Of(context, returnUrl, CookiesReturnUrl(context, group));
        if ((await context.AuthenticateAsync(group.Scheme)).Succeeded)
        {
            return TypedResults.LocalRedirect(destination);
        }

        if (BrowserRequest.IsEnhancedNavigation(context.Request))
        {
            // Blazor's script would follow a redirect to Binance, fail, and open the login a second time. Without a page in the response it opens the login at once.
            return TypedResults.NoContent();
        }

        var properties = new BinanceChallengeProperties { RedirectUri = destination, Locale = BinanceEndpoints.IsLocale(locale) ? locale : null };
        return TypedResults.Challenge(properties, [group.Scheme]);
    }

    // The name of the return URL in the cookie handler's redirect is an option.
    private static string? CookiesReturnUrl(HttpContext context, LoginGroup group)
        => group.CookieScheme is { } cookie
            ? context.Request.Query[context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(cookie).ReturnUrlParameter].ToString()
            : null;
}
