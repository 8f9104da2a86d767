using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A state is good for <c>RemoteAuthenticationTimeout</c>. A browser may keep a cookie longer than it was told: its clock may be wrong,
/// and whoever uses it may change the cookie.
/// </summary>
public sealed class StateAgeTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(60 * 24)]
    public async Task A_state_that_is_too_old_is_refused_though_its_cookie_is_there(int minutes)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        KeepCookies(browser);
        site.Time.Advance(TimeSpan.FromMinutes(minutes));

        using var response = await browser.ComeBackWithCodeAsync(request);

        Assert.Equal("/failed?failure=correlation_failed&returnUrl=%2Forders", response.Headers.Location?.OriginalString);
        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_state_within_its_time_signs_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync();
        site.Time.Advance(TimeSpan.FromMinutes(15) - _second);

        using var response = await browser.ComeBackWithCodeAsync(request);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // A longer life of the cookie, in its attributes, is no longer life of the state.
    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public async Task The_timeout_of_the_options_decides_and_not_the_expiry_of_the_cookie(int seconds, bool signsIn)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options =>
        {
            options.RemoteAuthenticationTimeout = TimeSpan.FromMinutes(1);
            options.CorrelationCookie.Expiration = TimeSpan.FromHours(1);
        });
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync();
        site.Time.Advance(TimeSpan.FromSeconds(seconds));

        using var response = await browser.ComeBackWithCodeAsync(request);

        Assert.Equal(signsIn, (await browser.SessionAsync()).SignedIn);
        Assert.Equal(signsIn ? 0 : 1, site.Failures.Count);
    }

    [Fact]
    public async Task A_refusal_with_a_state_that_is_too_old_is_refused_itself()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync();
        KeepCookies(browser);
        site.Time.Advance(TimeSpan.FromMinutes(15));

        using var response = await browser.ComeBackAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
    }

    // The cookie's name is the browser's to change, the state is not: every mixture of a young cookie's name and the old one's is tried.
    [Fact]
    public async Task A_cookie_with_another_time_in_its_name_makes_no_state_younger()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);
        var request = await browser.ChallengeAsync();
        KeepCookies(browser);
        var old = Assert.Single(browser.Cookies.Keys);
        site.Time.Advance(TimeSpan.FromMinutes(20));
        var another = new SiteBrowser(site);
        await another.ChallengeAsync();
        var young = Assert.Single(another.Cookies.Keys);

        for (var length = ".AspNetCore.Correlation.".Length; length <= Math.Min(old.Length, young.Length); length++)
        {
            var name = young[..length] + old[length..];
            browser.Cookies[name] = new SetCookieHeaderValue(name, "N");
        }

        using var response = await browser.ComeBackWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    // Two servers' clocks are seldom the same: a state may come from a few seconds ahead.
    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task A_state_of_another_process_whose_clock_is_ahead_or_behind_signs_in(int secondsAhead)
    {
        using var binance = new BinanceStub();
        var keys = new EphemeralDataProtectionProvider();
        await using var begun = await TestSite.StartAsync(binance, setup => Share(setup, keys));
        await using var finished = await TestSite.StartAsync(binance, setup => Share(setup, keys));
        (secondsAhead > 0 ? begun : finished).Time.Advance(TimeSpan.FromSeconds(Math.Abs(secondsAhead)));
        var browser = new SiteBrowser(begun);
        var request = await browser.ChallengeAsync();

        var elsewhere = At(finished, browser);
        using var response = await elsewhere.ComeBackWithCodeAsync(request);

        Assert.Empty(finished.Failures);
        Assert.True((await elsewhere.SessionAsync()).SignedIn);
    }

    private static void Share(SiteSetup setup, EphemeralDataProtectionProvider keys)
        => setup.Authentication = schemes => schemes.Services.AddSingleton<IDataProtectionProvider>(keys);

    private static SiteBrowser At(TestSite site, SiteBrowser browser)
    {
        var moved = new SiteBrowser(site);
        foreach (var (name, cookie) in browser.Cookies)
        {
            moved.Cookies[name] = cookie;
        }

        return moved;
    }

    private static void KeepCookies(SiteBrowser browser)
    {
        foreach (var cookie in browser.Cookies.Values)
        {
            cookie.Expires = null;
        }
    }
}
