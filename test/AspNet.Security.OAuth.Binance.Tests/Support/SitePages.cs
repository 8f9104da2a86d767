using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// The pages that every test site has: log in, log out, show the session.
/// </summary>
internal static class SitePages
{
    public static async Task ServeAsync(HttpContext context, Dictionary<string, RequestDelegate> pages)
    {
        if (pages.TryGetValue(context.Request.Path.Value!, out var page))
        {
            await page(context);
            return;
        }

        var query = context.Request.Query;
        switch (context.Request.Path.Value)
        {
            case "/login":
                var challenge = new OAuthChallengeProperties { RedirectUri = query["returnUrl"] };
                await context.ChallengeAsync(query.ContainsKey("scheme") ? query["scheme"]! : "Binance", challenge);
                break;

            case "/sign-out":
                foreach (var scheme in query["scheme"])
                {
                    await context.SignOutAsync(scheme, new AuthenticationProperties { RedirectUri = query["to"] });
                }

                break;

            case "/session":
                var session = await context.AuthenticateAsync(query["scheme"]);
                await context.Response.WriteAsJsonAsync(Session.Of(session), context.RequestAborted);
                break;

            default:
                await context.Response.WriteAsync("a page", context.RequestAborted);
                break;
        }
    }
}
