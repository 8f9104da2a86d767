using AspNet.Security.OAuth.Binance.Callback;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// <c>GET login</c>: a link that signs the user in. By GET, because nothing changes here: the user decides on Binance's page.
/// </summary>
internal static class LoginEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext context, LoginGroup group, string? returnUrl, string? locale)
    {
        // Binance shows no login in a frame.
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
            // Blazor's script would follow a redirect to Binance, and then open the login once more. A response without a page makes it open the login at once.
            return TypedResults.NoContent();
        }

        var properties = new BinanceChallengeProperties { RedirectUri = destination, Locale = BinanceEndpoints.IsLocale(locale) ? locale : null };
        return TypedResults.Challenge(properties, [group.Scheme]);
    }

    // The cookie handler's redirect to a login page has it under the name that the application chose.
    private static string? CookiesReturnUrl(HttpContext context, LoginGroup group)
        => group.CookieScheme is { } cookie
            ? context.Request.Query[context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(cookie).ReturnUrlParameter].ToString()
            : null;
}
