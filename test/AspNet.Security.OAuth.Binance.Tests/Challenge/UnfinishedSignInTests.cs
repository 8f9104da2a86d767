using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Challenge.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Challenge;

/// <summary>
/// A sign-in that is never finished leaves a correlation cookie. Many of them make a Cookie header that a proxy refuses, and with it every
/// later request of that browser.
/// </summary>
public sealed class UnfinishedSignInTests
{
    private const int ProxyLimit = 8 * 1024;
    private const int Many = 300;

    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("", 0, false)]
    [InlineData("", 1, true)]
    [InlineData("", 10, false)]
    [InlineData("/app", 1, true)]
    public async Task A_sign_in_after_300_unfinished_ones_succeeds_behind_a_proxy_that_accepts_headers_of_8_KiB(string below, int secondsApart, bool signedIn)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.BeforeAuthentication = app => app.UsePathBase(below);
            setup.Services = services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = ProxyLimit);
        });
        site.AllowCallbacks(site.Address.AbsoluteUri.TrimEnd('/') + below);
        var browser = site.BrowserWithTls();
        if (signedIn)
        {
            await browser.SignInAsync(login: below + "/login");
        }

        var challenges = await browser.BeginAsync(site.Clock, Many, TimeSpan.FromSeconds(secondsApart), below + "/login");
        Assert.All(challenges, challenge => Assert.Equal(HttpStatusCode.Redirect, challenge.Status));
        var (count, header) = (browser.Correlations().Count, browser.CookieHeader(below + "/signin-binance", fromAnotherSite: true));

        await browser.AssertSignsInAsync(challenges[^1]);
        Assert.True((await browser.SessionAsync(below: below)).SignedIn);
        Assert.InRange(header.Length, 1, ProxyLimit);
        Assert.InRange(count, 1, CorrelationCookies.Limit);
    }

    [Fact]
    public async Task Eight_concurrent_sign_ins_can_be_finished()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();

        var challenges = await browser.BeginAsync(site.Clock, CorrelationCookies.Limit, _minute);

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        foreach (var challenge in challenges)
        {
            await browser.AssertSignsInAsync(challenge);
        }

        Assert.Empty(browser.Correlations());
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public async Task The_oldest_sign_ins_beyond_eight_are_dropped(int count)
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();

        var challenges = await browser.BeginAsync(site.Clock, count, _minute);

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        foreach (var given in challenges.SkipLast(CorrelationCookies.Limit))
        {
            await browser.AssertIsGivenUpAsync(given);
        }

        foreach (var kept in challenges.TakeLast(CorrelationCookies.Limit))
        {
            await browser.AssertSignsInAsync(kept);
        }
    }

    // The order of a Cookie header is at best the order in which the browser received the cookies, and responses can overtake each other.
    [Fact]
    public async Task The_oldest_sign_in_is_found_by_the_time_of_its_challenge_and_not_by_the_order_of_the_header()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        List<SiteResponse> challenges = [];
        for (var i = 0; i < CorrelationCookies.Limit; i++)
        {
            site.Clock.Pass(_minute);
            challenges.Add(await browser.SendAsync("/login"));
        }

        foreach (var late in challenges.AsEnumerable().Reverse())
        {
            browser.Receive(late);
        }

        site.Clock.Pass(_minute);
        var last = await browser.GetAsync("/login");

        await browser.AssertIsGivenUpAsync(challenges[0]);
        foreach (var kept in challenges.Skip(1).Append(last))
        {
            await browser.AssertSignsInAsync(kept);
        }
    }

    [Fact]
    public async Task An_expired_sign_in_is_removed_at_the_next_challenge()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.CorrelationCookie.Expiration = TimeSpan.FromHours(1));
        var browser = site.BrowserWithTls();
        await browser.BeginAsync(site.Clock, 3);
        site.Clock.Pass(15 * _minute);
        Assert.Equal(3, browser.Correlations().Count);

        var challenges = await browser.BeginAsync(site.Clock, 1);

        Assert.Single(browser.Correlations());
        await browser.AssertSignsInAsync(challenges[0]);
    }

    [Fact]
    public async Task A_sign_in_that_has_not_expired_is_not_removed()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        var challenges = await browser.BeginAsync(site.Clock, 3);
        site.Clock.Pass((15 * _minute) - TimeSpan.FromSeconds(1));

        await browser.BeginAsync(site.Clock, 1);

        Assert.Equal(4, browser.Correlations().Count);
        await browser.AssertSignsInAsync(challenges[0]);
    }

    // The requests of both tabs have the same cookies, and neither has the other's new one.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Sign_ins_that_two_tabs_start_at_once_both_succeed(int startedBefore)
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        await browser.BeginAsync(site.Clock, startedBefore, TimeSpan.FromSeconds(1));
        var (first, second) = (await browser.SendAsync("/login"), await browser.SendAsync("/login"));
        browser.Receive(second);
        browser.Receive(first);

        await browser.AssertSignsInAsync(first);
        await browser.AssertSignsInAsync(second);

        Assert.InRange(browser.Correlations().Count, 0, CorrelationCookies.Limit - 1);
    }

    [Fact]
    public async Task The_next_challenge_leaves_eight_of_the_sign_ins_that_many_tabs_started_at_once()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        List<SiteResponse> tabs = [];
        for (var i = 0; i < 20; i++)
        {
            tabs.Add(await browser.SendAsync("/login"));
        }

        tabs.ForEach(tab => browser.Receive(tab));
        Assert.Equal(20, browser.Correlations().Count);

        var challenges = await browser.BeginAsync(site.Clock, 1, _minute);

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        await browser.AssertSignsInAsync(challenges[0]);
    }

    // Each deletion is a header, and a proxy limits those of a response as well.
    [Fact]
    public async Task A_challenge_deletes_at_most_sixteen_cookies()
    {
        await using var site = await TestSite.StartAsync();
        var browser = site.BrowserWithTls();
        List<SiteResponse> tabs = [];
        for (var i = 0; i < 40; i++)
        {
            tabs.Add(await browser.SendAsync("/login"));
        }

        tabs.ForEach(tab => browser.Receive(tab));

        var challenge = await browser.GetAsync("/login");

        Assert.Equal(16, challenge.SetCookies.Count(cookie => cookie.Expires == DateTimeOffset.UnixEpoch));
        Assert.Equal(40 - 16 + 1, browser.Correlations().Count);
    }
}
