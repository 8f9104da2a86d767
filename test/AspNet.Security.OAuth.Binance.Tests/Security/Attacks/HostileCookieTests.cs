using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// An attacker who sets cookies in the victim's browser, from a neighbouring subdomain for example.
/// </summary>
public sealed class HostileCookieTests
{
    // Chromium keeps 180 cookies for a domain.
    [Fact]
    public async Task Many_sign_ins_that_a_link_starts_do_not_displace_the_victim_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        for (var i = 1; i < 180; i++)
        {
            await browser.ChallengeAsync();
        }

        var request = await browser.ChallengeAsync();
        Assert.Equal(8, browser.Jar.Cookies.Count);
        await browser.ReturnWithCodeAsync(request);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // Cookies of the attacker's own sign-ins, which are genuine and newer than the victim's: the clock of their server is ahead.
    [Fact]
    public async Task Planted_correlation_cookies_do_not_displace_the_victim_s()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        await using var ahead = await TestSite.StartAsync(binance);
        ahead.Clock.Advance(TimeSpan.FromMinutes(1));
        var (victim, attacker) = (site.Browser(), ahead.Browser());
        for (var i = 0; i < 20; i++)
        {
            attacker.Jar.Clear();
            await attacker.ChallengeAsync();
            victim.Jar.Add(Assert.Single(attacker.Jar.Cookies));
        }

        var request = await victim.ChallengeAsync();
        await victim.ReturnWithCodeAsync(request);

        Assert.Empty(site.Failures);
        Assert.True((await victim.SessionAsync()).SignedIn);
    }

    [Theory]
    [InlineData("chunks-2147483647")]
    [InlineData("chunks--1")]
    [InlineData("garbage")]
    [InlineData("%00%FF")]
    [InlineData("CfDJ8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_session_cookie_that_this_site_did_not_write_is_not_a_session(string value)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        browser.SetCookie(SiteResponse.CookieName, value);

        var session = await browser.SessionAsync();
        var signedOut = await browser.GetAsync("/sign-out?scheme=Cookies&scheme=Binance");

        Assert.False(session.SignedIn);
        Assert.Equal(HttpStatusCode.OK, signedOut.Status);
        Assert.Empty(binance.Revocations);
        await SignInWorksAsync(site, browser);
    }

    [Fact]
    public async Task A_session_cookie_of_16_KiB_is_not_a_session()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        browser.SetCookie(SiteResponse.CookieName, new string('A', 16 * 1024));

        Assert.False((await browser.SessionAsync()).SignedIn);
        await SignInWorksAsync(site, browser);
    }

    [Fact]
    public async Task A_session_cookie_with_one_changed_character_is_not_a_session()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        await browser.SignInAsync();
        var genuine = browser.Cookie(SiteResponse.CookieName);

        var middle = genuine.Length / 2;
        var changed = genuine[..middle] + (genuine[middle] == 'A' ? 'B' : 'A') + genuine[(middle + 1)..];
        browser.SetCookie(SiteResponse.CookieName, changed);

        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    private static async Task SignInWorksAsync(TestSite site, SiteBrowser browser)
    {
        await browser.SignInAsync();
        Assert.Empty(site.Failures);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }
}
