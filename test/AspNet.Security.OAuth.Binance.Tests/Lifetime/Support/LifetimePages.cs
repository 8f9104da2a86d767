using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// The pages that every site has: log in, log out, a page for users only, what the session holds.
/// </summary>
internal static class LifetimePages
{
    public static async Task ServeAsync(
        HttpContext context, Dictionary<string, RequestDelegate> pages, ConcurrentDictionary<string, AuthenticationProperties> tickets)
    {
        if (pages.TryGetValue(context.Request.Path.Value!, out var page))
        {
            await page(context);
            return;
        }

        string? Query(string name) => context.Request.Query[name];
        var cookie = Query("cookie") ?? CookieAuthenticationDefaults.AuthenticationScheme;
        switch (context.Request.Path.Value)
        {
            case "/login":
                await context.ChallengeAsync(Query("scheme") ?? "Binance", new AuthenticationProperties { RedirectUri = "/" });
                break;

            case "/sign-out":
                await context.SignOutAsync(cookie);
                break;

            case "/session":
                await context.Response.WriteAsJsonAsync(SessionView.Of(await context.AuthenticateAsync(cookie)), context.RequestAborted);
                break;

            case "/members" when context.User.Identity is not { IsAuthenticated: true }:
                await context.ChallengeAsync();
                break;

            case "/adopt":
                var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "adopted")], "test");
                await context.SignInAsync(cookie, new ClaimsPrincipal(identity), tickets[Query("ticket")!]);
                break;

            default:
                await context.Response.WriteAsync("a page", context.RequestAborted);
                break;
        }
    }
}
