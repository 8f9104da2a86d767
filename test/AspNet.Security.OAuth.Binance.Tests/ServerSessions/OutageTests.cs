using System.Net;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cache is unavailable: a request with a session's cookie gets 503, and the session is signed in after the outage.
/// </summary>
public sealed class OutageTests
{
    [Theory]
    [InlineData("/session")]
    [InlineData("/members")]
    [InlineData("/a-page")]
    public async Task A_request_with_a_session_gets_503(string path)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var reached = site.Requests.Count;
        site.Store().Commands.Fail();

        var response = await browser.GetAsync(path);

        ServerSite.AssertIsUnavailable(response);
        Assert.Equal("text/plain", response.ContentType);
        Assert.Contains("try again", response.Body, StringComparison.Ordinal);
        Assert.Equal(reached, site.Requests.Count);
    }

    [Fact]
    public async Task A_request_whose_entry_is_missing_gets_503_when_the_generation_cannot_be_read()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Store().Lose(ServerSite.Ticket);
        site.Store().Commands.FailNext(3, StoreCommand.Get, ServerSite.Generation);

        ServerSite.AssertIsUnavailable(await browser.GetAsync("/session"));
    }

    [Fact]
    public async Task The_same_cookie_is_signed_in_after_the_outage()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Store().Commands.Fail();
        ServerSite.AssertIsUnavailable(await browser.GetAsync("/session"));

        site.Store().Commands.Recover();

        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_out_gets_503(bool ofAnotherProvider)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await (ofAnotherProvider ? browser.GetAsync("/as?user=another&scheme=Elsewhere") : browser.SignInAsync());
        site.Store().Commands.Fail();

        ServerSite.AssertIsUnavailable(await browser.PostAsync("/sign-out"));

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        await browser.PostAsync("/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Requests_without_a_session_are_served()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.Pages["/other-cookie"] = context =>
        {
            context.Response.Cookies.Append("other", "value");
            return Task.CompletedTask;
        });
        var (visitor, withCookie, signedOut) = (site.Browser(), site.Browser(), await site.SignedInAsync());
        await withCookie.GetAsync("/other-cookie");
        await signedOut.GetAsync("/sign-out");
        site.Store().Commands.Fail();

        foreach (var browser in new[] { visitor, withCookie, signedOut })
        {
            Assert.Equal("a page", (await browser.GetAsync("/")).Body);
            Assert.False((await browser.SessionAsync()).SignedIn);
            Assert.Equal(HttpStatusCode.Redirect, (await browser.GetAsync("/login")).Status);
        }

        Assert.Empty(site.Logged(LogLevel.Error));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("")]
    [InlineData("chunks-3")]
    public async Task A_cookie_that_is_no_key_is_anonymous(string value)
    {
        await using var site = await ServerSite.StartAsync();
        site.Store().Commands.Fail();
        var browser = site.Browser();
        browser.SetCookie(SiteResponse.CookieName, value);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    // The page of the outage needs its style sheet, images and fonts.
    [Theory]
    [InlineData("style", HttpStatusCode.OK)]
    [InlineData("image", HttpStatusCode.OK)]
    [InlineData("font", HttpStatusCode.OK)]
    [InlineData("document", HttpStatusCode.ServiceUnavailable)]
    [InlineData("empty", HttpStatusCode.ServiceUnavailable)]
    public async Task Parts_of_a_page_are_served_as_to_an_anonymous_visitor(string destination, HttpStatusCode status)
    {
        await using var site = await ServerSite.StartAsync(sessions: static options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.GetAsync("/session", ("Sec-Fetch-Dest", destination));

        Assert.Equal(status, response.Status);
        Assert.Empty(response.SetCookies);
        Assert.False(status is HttpStatusCode.OK && response.Session.SignedIn);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("GET", "/unavailable", HttpStatusCode.OK)]
    [InlineData("HEAD", "/unavailable", HttpStatusCode.OK)]
    [InlineData("POST", "/unavailable", HttpStatusCode.ServiceUnavailable)]
    [InlineData("GET", null, HttpStatusCode.ServiceUnavailable)]
    public async Task An_image_is_served_if_the_application_has_a_page_that_can_show_it(string method, string? page, HttpStatusCode status)
    {
        await using var site = await ServerSite.StartAsync(sessions: options => options.UnavailablePath = page);
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();

        var response = await browser.RequestAsync(new HttpMethod(method), "/image", null, ("Sec-Fetch-Dest", "image"));

        Assert.Equal(status, response.Status);
    }

    [Fact]
    public async Task Each_outage_is_logged_once_as_an_error()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        for (var outage = 1; outage <= 2; outage++)
        {
            site.Store().Commands.Fail();
            Assert.All(await browser.SendManyAsync(20), ServerSite.AssertIsUnavailable);
            ServerSite.AssertIsUnavailable(await browser.GetAsync("/"));
            var error = site.Logged(LogLevel.Error)[^1];
            Assert.Equal((115, "SessionsUnavailable"), (error.Id.Id, error.Id.Name));
            Assert.Equal(outage, site.Logged(LogLevel.Error).Count);

            site.Store().Commands.Recover();
            site.Clock.Pass(TimeSpan.FromMinutes(1));
            Assert.True((await browser.SessionAsync()).SignedIn);
        }

        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    [Fact]
    public async Task An_authentication_by_earlier_middleware_gets_503()
    {
        await using var site = await ServerSite.StartAsync(setup => setup.BeforeAuthentication = app => app.Use(next => async context =>
        {
            if (context.Request.Path == "/early")
            {
                await context.Response.WriteAsync((await context.AuthenticateAsync()).Succeeded.ToString());
                return;
            }

            await next(context);
        }));
        var browser = await site.SignedInAsync();
        Assert.Equal("True", (await browser.GetAsync("/early")).Body);
        site.Store().Commands.Fail();

        ServerSite.AssertIsUnavailable(await browser.GetAsync("/early"));
    }

    [Fact]
    public async Task A_second_cookie_with_a_session_gets_503()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?cookie=Other&user=another");
        site.Store().Commands.Fail();

        var response = await browser.GetAsync("/");

        ServerSite.AssertIsUnavailable(response);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync("Other")).SignedIn);
    }
}
