using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// The pages that every test site has: sign-in, sign-out, a page for users only, and the content of the session.
/// </summary>
internal static class SitePages
{
    public static async Task ServeAsync(
        HttpContext context, Dictionary<string, RequestDelegate> pages, ConcurrentDictionary<string, AuthenticationProperties> tickets)
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
                await context.ChallengeAsync(
                    query["scheme"].FirstOrDefault("Binance"), new OAuthChallengeProperties { RedirectUri = query["returnUrl"].FirstOrDefault("/") });
                break;

            case "/sign-out":
                foreach (var scheme in query["scheme"].DefaultIfEmpty())
                {
                    await context.SignOutAsync(scheme, new AuthenticationProperties { RedirectUri = query["to"] });
                }

                break;

            case "/session":
                await context.Response.WriteAsJsonAsync(SiteSession.Of(await context.AuthenticateAsync(query["scheme"])), context.RequestAborted);
                break;

            case "/members" when context.User.Identity is not { IsAuthenticated: true }:
                await context.ChallengeAsync();
                break;

            case "/adopt":
                var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "adopted")], "test");
                var ticket = tickets[query["ticket"].Single()!];
                await context.SignInAsync(query["scheme"].FirstOrDefault(CookieAuthenticationDefaults.AuthenticationScheme), new ClaimsPrincipal(identity), ticket);
                break;

            default:
                await context.Response.WriteAsync("a page", context.RequestAborted);
                break;
        }
    }
}
