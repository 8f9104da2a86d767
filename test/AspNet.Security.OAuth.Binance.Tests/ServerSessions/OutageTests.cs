using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cache is unavailable: who brings a session's cookie is told to come again, and is still signed in then.
/// </summary>
public sealed class OutageTests
{
    [Theory]
    [InlineData("/session")]
    [InlineData("/members")]
    [InlineData("/a-page")]
    public async Task A_request_with_a_session_is_told_to_come_again(string path)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var reached = site.Requests.Count;
        site.Store().Commands.Fail();

        var answer = await browser.GetAsync(path);

        AssertIsUnavailable(answer);
        Assert.Equal("text/plain", answer.ContentType);
        Assert.Contains("try again", answer.Body, StringComparison.Ordinal);
        Assert.Equal(reached, site.Requests.Count);
    }

    [Fact]
    public async Task When_it_is_back_the_same_cookie_is_signed_in()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Store().Commands.Fail();
        AssertIsUnavailable(await browser.GetAsync("/session"));

        site.Store().Commands.Recover();

        Assert.Equal(before.AccessToken, (await browser.SessionAsync()).AccessToken);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_sign_out_is_told_to_come_again_too(bool ofAnotherProvider)
    {
        await using var site = await ServerSite.StartAsync();
        var browser = site.Browser();
        await (ofAnotherProvider ? browser.GetAsync("/as?user=another&scheme=Elsewhere") : browser.SignInAsync());
        site.Store().Commands.Fail();

        AssertIsUnavailable(await browser.PostAsync("/sign-out"));

        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
        await browser.PostAsync("/sign-out");
        Assert.False(browser.HasSession);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Requests_without_a_session_are_served_as_ever()
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
    public async Task A_cookie_that_is_no_key_is_an_anonymous_visitor(string value)
    {
        await using var site = await ServerSite.StartAsync();
        site.Store().Commands.Fail();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/session"));
        request.Headers.TryAddWithoutValidation("Cookie", $"{SiteAnswer.CookieName}={value}");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.False((await SiteAnswer.ReadAsync(response)).Session.SignedIn);
    }

    // The page that tells of the outage has a style sheet.
    [Theory]
    [InlineData("style", HttpStatusCode.OK)]
    [InlineData("image", HttpStatusCode.OK)]
    [InlineData("font", HttpStatusCode.OK)]
    [InlineData("document", HttpStatusCode.ServiceUnavailable)]
    [InlineData("empty", HttpStatusCode.ServiceUnavailable)]
    public async Task What_makes_up_a_page_is_served_as_to_a_visitor(string destination, HttpStatusCode status)
    {
        await using var site = await ServerSite.StartAsync(sessions: static options => options.UnavailablePath = "/unavailable");
        var browser = await site.SignedInAsync();
        site.Store().Commands.Fail();
        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/session"));
        request.Headers.Add("Cookie", browser.CookieHeader);
        request.Headers.Add("Sec-Fetch-Dest", destination);

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var answer = await SiteAnswer.ReadAsync(response);
        Assert.Equal(status, answer.Status);
        Assert.Empty(answer.SetCookies);
        Assert.False(status is HttpStatusCode.OK && answer.Session.SignedIn);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Each_outage_is_logged_once_as_an_error()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();

        for (var outage = 1; outage <= 2; outage++)
        {
            site.Store().Commands.Fail();
            Assert.All(await browser.SendManyAsync(20), AssertIsUnavailable);
            AssertIsUnavailable(await browser.GetAsync("/"));
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
    public async Task Middleware_in_front_of_authentication_is_not_reached()
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

        AssertIsUnavailable(await browser.GetAsync("/early"));
    }

    [Fact]
    public async Task Each_of_several_cookies_is_told_to_come_again()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = site.Browser();
        await browser.GetAsync("/as?cookie=Other&user=another");
        site.Store().Commands.Fail();

        var answer = await browser.GetAsync("/");

        AssertIsUnavailable(answer);
        site.Store().Commands.Recover();
        Assert.True((await browser.SessionAsync("Other")).SignedIn);
    }

    private static void AssertIsUnavailable(SiteAnswer answer)
    {
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(TimeSpan.FromSeconds(5), answer.RetryAfter);
        Assert.True(answer.CacheControl.NoStore);
        Assert.Empty(answer.SetCookies);
    }
}
