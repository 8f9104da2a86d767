using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An application that signs out each request with a cookie that is not authenticated. An outage does not count as such a request.
/// </summary>
public sealed class OutageCookieTests
{
    [Theory]
    [InlineData("document")]
    [InlineData("image")]
    public async Task An_application_that_deletes_rejected_cookies_signs_nobody_out_during_an_outage(string destination)
    {
        await using var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.AfterAuthentication = app => app.Use(DeleteRejectedCookieAsync);
                setup.Pages["/unavailable"] = context => context.Response.WriteAsync("back soon", context.RequestAborted);
            },
            options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        await browser.GetAsync("/logo", ("Sec-Fetch-Dest", destination));

        site.Store().Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_sign_out_by_an_image_request_gets_503_during_an_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        var response = await browser.GetAsync("/sign-out", ("Sec-Fetch-Dest", "image"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.Status);
        Assert.Empty(response.SetCookies);
    }

    [Fact]
    public async Task An_image_served_to_an_anonymous_visitor_during_an_outage_is_not_cached()
    {
        await using var site = await ServerSite.StartAsync(
            setup => setup.Pages["/avatar"] = context =>
            {
                context.Response.Headers.CacheControl = "private, max-age=86400";
                return context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a face" : "a shadow", context.RequestAborted);
            },
            options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        var response = await browser.GetAsync("/avatar", ("Sec-Fetch-Dest", "image"));

        Assert.True(response.CacheControl.NoStore);
    }

    private static async Task DeleteRejectedCookieAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Cookies.ContainsKey(SiteResponse.CookieName) && context.User.Identity is not { IsAuthenticated: true })
        {
            await context.SignOutAsync("Cookies");
        }

        await next(context);
    }
}
