using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

public sealed class RevocationTests
{
    [Fact]
    public async Task Sign_out_of_the_cookie_revokes_the_access_token_with_the_documented_request()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        await browser.GetAsync("/sign-out?scheme=Cookies");

        var request = Assert.Single(binance.Revocations);
        Assert.Equal("POST", request.Method);
        Assert.Equal(BinanceStub.RevocationPath, new Uri(request.Url).PathAndQuery);
        Assert.Equal($"Bearer {Responses.AccessToken}", Assert.Single(request.Headers!["Authorization"]));
        Assert.Equal("application/json", Assert.Single(request.Headers["Accept"]));
        Assert.Equal("0", Assert.Single(request.Headers["Content-Length"]));
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.True(string.IsNullOrEmpty(request.Body));
        Assert.Empty(browser.Jar.Cookies);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(LogLevel.Information, Assert.Single(site.Logs, record => record.Id.Name == "Revoked").Level);
    }

    [Fact]
    public async Task Sign_out_of_the_scheme_revokes_and_keeps_the_cookie()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        var response = await browser.GetAsync("/sign-out?scheme=Binance");

        Assert.Equal(HttpStatusCode.OK, response.Status);
        Assert.Equal($"Bearer {Responses.AccessToken}", Assert.Single(Assert.Single(binance.Revocations).Headers!["Authorization"]));
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("scheme=Cookies&scheme=Binance")]
    [InlineData("scheme=Binance&scheme=Cookies")]
    [InlineData("scheme=Binance&scheme=Cookies&scheme=Binance&scheme=Cookies")]
    public async Task Sign_out_of_both_revokes_once(string schemes)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        var response = await browser.GetAsync($"/sign-out?{schemes}&to=/bye");

        Assert.Single(binance.Revocations);
        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/bye", response.Location!.OriginalString);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task Sign_out_of_both_does_not_retry_a_failed_revocation()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.RevocationPath, string.Empty, 503);
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        await browser.GetAsync("/sign-out?scheme=Binance&scheme=Cookies");

        Assert.Single(binance.Revocations);
    }

    [Fact]
    public async Task Sign_out_of_the_scheme_redirects_to_RedirectUri()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = await SignedInAsync(site);

        var response = await browser.GetAsync("/sign-out?scheme=Binance&to=/bye");

        Assert.Equal(HttpStatusCode.Redirect, response.Status);
        Assert.Equal("/bye", response.Location!.OriginalString);
    }

    [Fact]
    public async Task Without_RevokeOnSignOut_only_a_sign_out_of_the_scheme_revokes()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var browser = await SignedInAsync(site);
        var other = await SignedInAsync(site);

        await other.GetAsync("/sign-out?scheme=Cookies");
        Assert.Empty(binance.Revocations);
        Assert.False((await other.SessionAsync()).SignedIn);

        await browser.GetAsync("/sign-out?scheme=Binance");
        Assert.Single(binance.Revocations);
    }

    [Theory]
    [InlineData("Cookies")]
    [InlineData("Binance")]
    public async Task Sign_out_without_a_session_revokes_nothing(string scheme)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        var response = await site.Browser().GetAsync($"/sign-out?scheme={scheme}&to=/bye");

        Assert.Equal("/bye", response.Location!.OriginalString);
        Assert.Empty(binance.Requests);
        Assert.DoesNotContain(site.Logs, record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task Sign_out_of_a_session_without_tokens_revokes_nothing()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.SaveTokens = false;
            options.AutomaticRefresh = false;
            options.RevokeOnSignOut = false;
        });
        var browser = await SignedInAsync(site);

        await browser.GetAsync("/sign-out?scheme=Binance&scheme=Cookies");

        Assert.Empty(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("Cookies")]
    [InlineData("Binance")]
    public async Task Sign_out_of_an_aborted_request_revokes(string scheme)
    {
        using var binance = new BinanceStub();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await TestSite.StartAsync(binance, setup => setup.Pages["/abort"] = async context =>
        {
            context.Abort();
            await context.SignOutAsync(scheme);
            done.SetResult();
        });
        var browser = await SignedInAsync(site);

        await Assert.ThrowsAnyAsync<Exception>(() => browser.GetAsync("/abort"));
        await done.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Single(binance.Revocations);
        Assert.Contains(site.Logs, record => record.Id.Name == "Revoked");
    }

    [Fact]
    public async Task Sign_out_of_the_scheme_can_be_forwarded()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.ForwardSignOut = "Cookies";
            options.RevokeOnSignOut = false;
        });
        var browser = await SignedInAsync(site);

        await browser.GetAsync("/sign-out?scheme=Binance");

        Assert.Empty(binance.Revocations);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site)
    {
        var browser = site.Browser();
        await browser.SignInAsync();
        Assert.True((await browser.SessionAsync()).SignedIn);
        return browser;
    }
}
