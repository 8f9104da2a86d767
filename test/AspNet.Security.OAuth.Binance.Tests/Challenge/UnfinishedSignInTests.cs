using System.Net;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A sign-in that is begun and never finished leaves a correlation cookie. Many of them together are a Cookie header that a proxy
/// refuses, and with it every later sign-in of that browser.
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
    public async Task After_three_hundred_of_them_a_sign_in_succeeds_behind_a_proxy_with_eight_kilobytes(string below, int secondsApart, bool signedIn)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseKestrel = true;
            setup.BeforeAuthentication = app => app.UsePathBase(below);
            setup.Services = services => services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = ProxyLimit);
        });
        CookieJarBrowser.AllowCallbacks(site, site.Address.AbsoluteUri.TrimEnd('/') + below);
        var browser = new CookieJarBrowser(site);
        if (signedIn)
        {
            await browser.SignInAsync(below);
        }

        var challenges = await browser.BeginAsync(site.Clock, Many, TimeSpan.FromSeconds(secondsApart), below + "/login");
        Assert.All(challenges, challenge => Assert.Equal(HttpStatusCode.Redirect, challenge.Status));
        var (count, header) = (browser.Correlations().Count, browser.CookieHeader(below + "/signin-binance", fromAnotherSite: true));

        await browser.AssertSignsInAsync(challenges[^1]);
        Assert.True((await browser.SessionAsync(below)).SignedIn);
        Assert.InRange(header.Length, 1, ProxyLimit);
        Assert.InRange(count, 1, CorrelationCookies.Limit);
    }

    [Fact]
    public async Task Eight_sign_ins_can_be_finished()
    {
        await using var site = await LifetimeSite.StartAsync(WithFailurePage);
        var browser = new CookieJarBrowser(site);

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
    public async Task The_oldest_ones_are_given_up(int count)
    {
        await using var site = await LifetimeSite.StartAsync(WithFailurePage);
        var browser = new CookieJarBrowser(site);

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

    // The order of a Cookie header tells when the browser received a cookie, if anything: responses overtake each other.
    [Fact]
    public async Task The_oldest_one_is_known_by_the_time_of_its_challenge_and_not_by_the_order_of_the_header()
    {
        await using var site = await LifetimeSite.StartAsync(WithFailurePage);
        var browser = new CookieJarBrowser(site);
        List<SiteAnswer> challenges = [];
        for (var i = 0; i < CorrelationCookies.Limit; i++)
        {
            site.Clock.Pass(_minute);
            challenges.Add(await browser.SendAsync("/login"));
        }

        foreach (var late in challenges.AsEnumerable().Reverse())
        {
            browser.Receive("/login", late);
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
    public async Task One_that_can_no_longer_be_finished_is_removed_at_the_next_challenge()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.CorrelationCookie.Expiration = TimeSpan.FromHours(1));
        var browser = new CookieJarBrowser(site);
        await browser.BeginAsync(site.Clock, 3);
        site.Clock.Pass(15 * _minute);
        Assert.Equal(3, browser.Correlations().Count);

        var challenges = await browser.BeginAsync(site.Clock, 1);

        Assert.Single(browser.Correlations());
        await browser.AssertSignsInAsync(challenges[0]);
    }

    [Fact]
    public async Task One_that_can_still_be_finished_is_not_removed()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = new CookieJarBrowser(site);
        var challenges = await browser.BeginAsync(site.Clock, 3);
        site.Clock.Pass((15 * _minute) - TimeSpan.FromSeconds(1));

        await browser.BeginAsync(site.Clock, 1);

        Assert.Equal(4, browser.Correlations().Count);
        await browser.AssertSignsInAsync(challenges[0]);
    }

    // The requests of both tabs bring the same cookies, and neither knows of the other's.
    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Two_tabs_that_begin_at_once_both_succeed(int begunBefore)
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = new CookieJarBrowser(site);
        await browser.BeginAsync(site.Clock, begunBefore, TimeSpan.FromSeconds(1));
        var (left, right) = (await browser.SendAsync("/login"), await browser.SendAsync("/login"));
        browser.Receive("/login", right);
        browser.Receive("/login", left);

        await browser.AssertSignsInAsync(left);
        await browser.AssertSignsInAsync(right);

        Assert.InRange(browser.Correlations().Count, 0, CorrelationCookies.Limit - 1);
    }

    [Fact]
    public async Task More_than_eight_after_many_tabs_at_once_are_eight_after_the_next_challenge()
    {
        await using var site = await LifetimeSite.StartAsync();
        var browser = new CookieJarBrowser(site);
        List<SiteAnswer> tabs = [];
        for (var i = 0; i < 20; i++)
        {
            tabs.Add(await browser.SendAsync("/login"));
        }

        tabs.ForEach(tab => browser.Receive("/login", tab));
        Assert.Equal(20, browser.Correlations().Count);

        var challenges = await browser.BeginAsync(site.Clock, 1, _minute);

        Assert.Equal(CorrelationCookies.Limit, browser.Correlations().Count);
        await browser.AssertSignsInAsync(challenges[0]);
    }

    private static void WithFailurePage(LifetimeSetup setup) => setup.Binance = options => options.FailurePath = "/failed";
}
