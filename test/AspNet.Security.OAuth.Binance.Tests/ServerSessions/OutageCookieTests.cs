using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An application that tidies up: whoever brings a cookie and is not signed in is signed out. An outage must not look like that to it.
/// </summary>
public sealed class OutageCookieTests
{
    [Theory]
    [InlineData("document")]
    [InlineData("image")]
    public async Task An_application_that_deletes_dead_cookies_signs_nobody_out_during_an_outage(string destination)
    {
        await using var site = await ApplicationSites.StartAsync(
            setup =>
            {
                setup.AfterAuthentication = app => app.Use(TidyUpAsync);
                setup.Pages["/unavailable"] = context => context.Response.WriteAsync("back soon", context.RequestAborted);
            },
            options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        using (var response = await site.SendAsync(browser, "/logo", null, ("Sec-Fetch-Dest", destination)))
        {
            browser.Receive(await SiteAnswer.ReadAsync(response));
        }

        site.Store().Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_out_by_an_image_gets_503_during_an_outage()
    {
        await using var site = await ApplicationSites.StartAsync();
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        using var response = await site.SendAsync(browser, "/sign-out", null, ("Sec-Fetch-Dest", "image"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task An_image_that_depends_on_the_user_is_not_kept_as_that_of_a_stranger()
    {
        await using var site = await ApplicationSites.StartAsync(
            setup => setup.Pages["/avatar"] = context =>
            {
                context.Response.Headers.CacheControl = "private, max-age=86400";
                return context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a face" : "a shadow", context.RequestAborted);
            },
            options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        using var response = await site.SendAsync(browser, "/avatar", null, ("Sec-Fetch-Dest", "image"));

        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    private static async Task TidyUpAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Cookies.ContainsKey(SiteAnswer.CookieName) && context.User.Identity is not { IsAuthenticated: true })
        {
            await context.SignOutAsync("Cookies");
        }

        await next(context);
    }
}
