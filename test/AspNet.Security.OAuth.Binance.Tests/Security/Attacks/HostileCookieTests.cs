using System.Net;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// An attacker who sets cookies in the victim's browser, from a neighbouring subdomain for example.
/// </summary>
public sealed class HostileCookieTests
{
    private const string SessionCookie = ".AspNetCore.Cookies";

    // Chromium keeps 180 cookies for a domain.
    [Fact]
    public async Task Very_many_sign_ins_that_a_link_begins_do_not_hide_the_right_one()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        for (var i = 1; i < 180; i++)
        {
            await browser.ChallengeAsync();
        }

        var request = await browser.ChallengeAsync();
        Assert.Equal(8, browser.Cookies.Count);
        using var answer = await browser.ComeBackWithCodeAsync(request);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Sign-ins of the attacker's own, whose cookies are genuine, and younger than the victim's: another server made them, whose clock is ahead.
    [Fact]
    public async Task Planted_correlation_cookies_do_not_hide_the_right_one()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        await using var ahead = await TestSite.StartAsync(binance);
        ahead.Time.Advance(TimeSpan.FromMinutes(1));
        var (victim, attacker) = (new SiteBrowser(site), new SiteBrowser(ahead));
        for (var i = 0; i < 20; i++)
        {
            attacker.Cookies.Clear();
            await attacker.ChallengeAsync();
            var (name, cookie) = Assert.Single(attacker.Cookies);
            victim.Cookies[name] = cookie;
        }

        var request = await victim.ChallengeAsync();
        using var answer = await victim.ComeBackWithCodeAsync(request);

        Assert.Empty(site.Failures);
        Assert.True((await victim.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("chunks-2147483647")]
    [InlineData("chunks--1")]
    [InlineData("garbage")]
    [InlineData("%00%FF")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_session_cookie_that_this_site_did_not_write_is_nobody(string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        browser.Cookies[SessionCookie] = new SetCookieHeaderValue(SessionCookie, value);

        var session = await browser.SessionAsync();
        using var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance");

        Assert.False(session.SignedIn);
        Assert.Equal(HttpStatusCode.OK, signedOut.StatusCode);
        Assert.Empty(binance.Revocations);
        await SignInWorksAsync(site, browser);
    }

    [Fact]
    public async Task A_session_cookie_of_sixteen_kilobytes_is_nobody()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        browser.Cookies[SessionCookie] = new SetCookieHeaderValue(SessionCookie, new string('A', 16 * 1024));

        Assert.False((await browser.SessionAsync()).SignedIn);
        await SignInWorksAsync(site, browser);
    }

    [Fact]
    public async Task A_session_cookie_with_one_character_changed_is_nobody()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        using var signedIn = await browser.SignInAsync();
        var genuine = browser.Cookies[SessionCookie].Value.Value!;

        var middle = genuine.Length / 2;
        var changed = genuine[..middle] + (genuine[middle] == 'A' ? 'B' : 'A') + genuine[(middle + 1)..];
        browser.Cookies[SessionCookie] = new SetCookieHeaderValue(SessionCookie, changed);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task SignInWorksAsync(TestSite site, SiteBrowser browser)
    {
        using var signedIn = await browser.SignInAsync();
        Assert.Empty(site.Failures);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }
}
