using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class RevocationTests
{
    [Fact]
    public async Task Signing_out_of_the_cookie_revokes_the_access_token_with_the_documented_request()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Cookies");

        var request = Assert.Single(binance.Revocations);
        Assert.Equal("POST", request.Method);
        Assert.Equal(BinanceStub.RevocationPath, new Uri(request.Url).PathAndQuery);
        Assert.Equal($"Bearer {Answers.AccessToken}", Assert.Single(request.Headers!["Authorization"]));
        Assert.Equal("application/json", Assert.Single(request.Headers["Accept"]));
        Assert.Equal("0", Assert.Single(request.Headers["Content-Length"]));
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.True(string.IsNullOrEmpty(request.Body));
        Assert.Empty(browser.Cookies);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(LogLevel.Information, Assert.Single(site.Logs, record => record.Id.Name == "Revoked").Level);
    }

    [Fact]
    public async Task Signing_out_of_the_scheme_revokes_and_leaves_the_cookie()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Binance");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal($"Bearer {Answers.AccessToken}", Assert.Single(Assert.Single(binance.Revocations).Headers!["Authorization"]));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("scheme=Cookies&scheme=Binance")]
    [InlineData("scheme=Binance&scheme=Cookies")]
    [InlineData("scheme=Binance&scheme=Cookies&scheme=Binance&scheme=Cookies")]
    public async Task Signing_out_of_both_revokes_once(string schemes)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync($"/sign-out?{schemes}&to=/bye");

        Assert.Single(binance.Revocations);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/bye", response.Headers.Location!.OriginalString);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Signing_out_of_both_does_not_try_a_failed_revocation_again()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.RevocationPath, string.Empty, 503);
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Binance&scheme=Cookies");

        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task Signing_out_of_the_scheme_alone_goes_where_it_is_told_to()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Binance&to=/bye");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/bye", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task An_application_that_wants_no_revocation_still_gets_one_that_it_asks_for()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var browser = await SignedInAsync(site);
        var other = await SignedInAsync(site);

        using var ofTheCookie = await other.GetAsync("/sign-out?scheme=Cookies");
        Assert.Empty(binance.Revocations);
        Assert.False((await other.SessionAsync()).SignedIn);

        using var ofTheScheme = await browser.GetAsync("/sign-out?scheme=Binance");
        Assert.Single(binance.Revocations);
    }

    [Theory]
    [InlineData("Cookies")]
    [InlineData("Binance")]
    public async Task Nobody_who_is_signed_in_is_nothing_to_revoke(string scheme)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).GetAsync($"/sign-out?scheme={scheme}&to=/bye");

        Assert.Equal("/bye", response.Headers.Location!.OriginalString);
        Assert.Empty(binance.Requests);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_session_that_holds_no_token_is_nothing_to_revoke()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.SaveTokens = false;
            options.AutomaticRefresh = false;
            options.RevokeOnSignOut = false;
        });
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Binance&scheme=Cookies");

        Assert.Empty(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("Cookies")]
    [InlineData("Binance")]
    public async Task A_browser_that_goes_away_has_signed_out_all_the_same(string scheme)
    {
        using var binance = new BinanceStub();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/leave"] = async context =>
        {
            context.Abort();
            await context.SignOutAsync(scheme);
            done.SetResult();
        });
        var browser = await SignedInAsync(site);

        await Assert.ThrowsAnyAsync<Exception>(() => browser.GetAsync("/leave"));
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Single(binance.Revocations);
        Assert.Contains(site.Logs, record => record.Id.Name == "Revoked");
    }

    [Fact]
    public async Task Signing_out_of_the_scheme_can_be_forwarded()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.ForwardSignOut = "Cookies";
            options.RevokeOnSignOut = false;
        });
        var browser = await SignedInAsync(site);

        using var response = await browser.GetAsync("/sign-out?scheme=Binance");

        Assert.Empty(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site)
    {
        var browser = new SiteBrowser(site);
        using var response = await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        return browser;
    }
}
