using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A state is valid for <c>RemoteAuthenticationTimeout</c>, whatever the browser does: it may keep the cookie longer, because its clock is wrong
/// or because its user changed the cookie.
/// </summary>
public sealed class StateAgeTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(60 * 24)]
    public async Task An_expired_state_is_refused_while_its_cookie_exists(int minutes)
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync("/login?returnUrl=/orders");
        KeepCookies(browser);
        site.Clock.Advance(TimeSpan.FromMinutes(minutes));

        var response = await browser.ReturnWithCodeAsync(request);

        Assert.Equal("/failed?failure=correlation_failed&returnUrl=%2Forders", response.Location?.OriginalString);
        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_state_that_has_not_expired_signs_in()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        site.Clock.Advance(TimeSpan.FromMinutes(15) - _second);

        await browser.ReturnWithCodeAsync(request);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    // The cookie's lifetime does not extend the state's.
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
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        site.Clock.Advance(TimeSpan.FromSeconds(seconds));

        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(signsIn, (await browser.SessionAsync()).SignedIn);
        Assert.Equal(signsIn ? 0 : 1, site.Failures.Count);
    }

    [Fact]
    public async Task An_error_with_an_expired_state_is_refused()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.AccessDeniedPath = "/denied");
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        KeepCookies(browser);
        site.Clock.Advance(TimeSpan.FromMinutes(15));

        await browser.ReturnWithQueryAsync(new() { ["error"] = "access_denied", ["state"] = request.State });

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
    }

    // A browser can change the cookie's name, but not the state: every mixture of a new cookie's name and the old one's is tried.
    [Fact]
    public async Task A_time_in_the_name_of_the_cookie_does_not_extend_the_life_of_a_state()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();
        var request = await browser.ChallengeAsync();
        KeepCookies(browser);
        var old = Assert.Single(browser.Jar.Names);
        site.Clock.Advance(TimeSpan.FromMinutes(20));
        var another = site.Browser();
        await another.ChallengeAsync();
        var recent = Assert.Single(another.Jar.Names);

        for (var length = ".AspNetCore.Correlation.".Length; length <= Math.Min(old.Length, recent.Length); length++)
        {
            var name = recent[..length] + old[length..];
            browser.SetCookie(name, "N");
        }

        await browser.ReturnWithCodeAsync(request);

        Assert.Equal(BinanceFailure.CorrelationFailed, site.SingleFailure().Failure);
        Assert.Empty(binance.Requests);
    }

    // The clocks of two servers differ: a state may have been created a few seconds ahead.
    [Theory]
    [InlineData(-5)]
    [InlineData(5)]
    [InlineData(30)]
    public async Task A_state_of_another_process_whose_clock_is_ahead_or_behind_signs_in(int secondsAhead)
    {
        using var binance = new BinanceStub();
        var keys = new EphemeralDataProtectionProvider();
        await using var starting = await TestSite.StartAsync(binance, setup => Share(setup, keys));
        await using var finished = await TestSite.StartAsync(binance, setup => Share(setup, keys));
        (secondsAhead > 0 ? starting : finished).Clock.Advance(TimeSpan.FromSeconds(Math.Abs(secondsAhead)));
        var browser = starting.Browser();
        var request = await browser.ChallengeAsync();

        var elsewhere = At(finished, browser);
        await elsewhere.ReturnWithCodeAsync(request);

        Assert.Empty(finished.Failures);
        Assert.True((await elsewhere.SessionAsync()).SignedIn);
    }

    private static void Share(SiteSetup setup, EphemeralDataProtectionProvider keys)
        => setup.Authentication = schemes => schemes.Services.AddSingleton<IDataProtectionProvider>(keys);

    private static SiteBrowser At(TestSite site, SiteBrowser browser)
    {
        var moved = site.Browser();
        foreach (var cookie in browser.Jar.Cookies)
        {
            moved.Jar.Add(cookie);
        }

        return moved;
    }

    private static void KeepCookies(SiteBrowser browser)
    {
        foreach (var cookie in browser.Jar.Cookies)
        {
            browser.Jar.Add(cookie with { Ends = null });
        }
    }
}
