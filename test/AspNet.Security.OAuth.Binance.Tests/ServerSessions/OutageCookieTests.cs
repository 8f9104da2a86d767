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

    [Theory]
    [InlineData("document")]
    [InlineData("image")]
    public async Task A_rejected_cookie_that_an_application_deletes_without_a_sign_out_stays_during_an_outage(string destination)
    {
        await using var site = await ServerSite.StartAsync(
            setup =>
            {
                setup.AfterAuthentication = app => app.Use((context, next) =>
                {
                    if (HasRejectedCookie(context))
                    {
                        context.Response.Cookies.Delete(SiteResponse.CookieName);
                    }

                    return next(context);
                });
                setup.Pages["/unavailable"] = context => context.Response.WriteAsync("back soon", context.RequestAborted);
            },
            options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();

        site.Store().Fail();
        var response = await browser.GetAsync("/logo", ("Sec-Fetch-Dest", destination));

        Assert.Empty(response.SetCookies);
        Assert.True(browser.HasSessionCookie);
    }

    // With a page for the outage, an image request reaches the application.
    [Theory]
    [InlineData(null)]
    [InlineData("/unavailable")]
    public async Task A_sign_out_by_an_image_request_gets_503_during_an_outage(string? page)
    {
        await using var site = await ServerSite.StartAsync(sessions: options => options.UnavailablePath = page);
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
        if (HasRejectedCookie(context))
        {
            await context.SignOutAsync("Cookies");
        }

        await next(context);
    }

    private static bool HasRejectedCookie(HttpContext context)
        => context.Request.Cookies.ContainsKey(SiteResponse.CookieName) && context.User.Identity is not { IsAuthenticated: true };
}
