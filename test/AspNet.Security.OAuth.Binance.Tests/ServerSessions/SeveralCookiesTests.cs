
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Two cookies of one site, with both sessions on the server or one of them.
/// </summary>
public sealed class SeveralCookiesTests
{
    [Fact]
    public async Task Each_cookie_is_refreshed_and_signed_out_separately()
    {
        await using var site = await StartAsync("Cookies", "Other");
        var browser = await SignedInToBothAsync(site);
        var before = (await browser.SessionAsync("Other")).AccessToken;
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        var other = (await browser.SessionAsync("Other")).AccessToken!;
        Assert.NotEqual(before, other);
        Assert.Equal(2, site.RefreshCalls);
        await browser.GetAsync("/sign-out?scheme=Other");

        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal("Bearer " + other, Assert.Single(site.Revocations).Authorization);
        Assert.Single(site.Store().Tickets());
    }

    [Fact]
    public async Task A_cookie_that_is_not_named_keeps_its_session_itself()
    {
        await using var site = await StartAsync("Cookies");
        var browser = await SignedInToBothAsync(site);

        Assert.Single(site.Store().Tickets());
        Assert.InRange(browser.Cookie(SiteResponse.CookieName).Length, 1, 400);
        Assert.True(browser.Cookie(".AspNetCore.Other").Length > 400);
        Assert.True((await browser.SessionAsync("Other")).SignedIn);
        Assert.Empty(await site.ListAsync(scheme: "Second"));

        // An outage of the cache does not affect a session in its cookie.
        await browser.GetAsync("/sign-out");
        site.Store().Commands.Fail();
        Assert.True((await browser.SessionAsync("Other")).SignedIn);
    }

    // A scheme that signs in to each cookie.
    private static async Task<TestSite> StartAsync(params string[] cookies)
    {
        var site = await ServerSite.StartAsync(
            setup => setup.Authentication = builder => builder.AddCookie("Other").AddSecondBinance(setup.Server, "Other"), null, cookies);
        site.AddSecondClient();
        return site;
    }

    private static async Task<SiteBrowser> SignedInToBothAsync(TestSite site)
    {
        var browser = await site.SignedInAsync();
        await browser.SignInAsync(scheme: "Second");
        return browser;
    }
}
