using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// The lock or the cache of a farm is unavailable: requests work, there is one warning, and sharing resumes without a restart.
/// </summary>
public sealed class FarmOutageTests
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, Action<Farm, bool>> _outages = new()
    {
        ["the lock throws"] = (farm, unavailable) => farm.Locks.Failure = unavailable ? Lost() : null,
        ["releasing the lock throws"] = (farm, unavailable) => farm.Locks.ReleaseFailure = unavailable ? Lost() : null,
        ["reading throws"] = (farm, unavailable) => farm.Store.InsteadOfRead = unavailable ? () => Task.FromException(Lost()) : null,
        ["writing throws"] = (farm, unavailable) => farm.Store.InsteadOfWrite = unavailable ? () => Task.FromException(Lost()) : null,
        ["lock and cache throw"] = (farm, unavailable) =>
        {
            farm.Locks.Failure = unavailable ? Lost() : null;
            farm.Store.InsteadOfRead = farm.Store.InsteadOfWrite = unavailable ? () => Task.FromException(Lost()) : null;
        },
        ["lock and cache throw after the first read"] = (farm, unavailable) =>
        {
            var read = 0;
            farm.Locks.ReleaseFailure = unavailable ? Lost() : null;
            farm.Store.InsteadOfRead = unavailable ? () => Interlocked.Increment(ref read) == 1 ? Task.CompletedTask : Task.FromException(Lost()) : null;
            farm.Store.InsteadOfWrite = unavailable ? () => Task.FromException(Lost()) : null;
        },
    };

    public static TheoryData<string> Outages => [.. _outages.Keys];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Requests_work_with_one_warning_until_the_store_recovers(string outage)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        _outages[outage](farm, true);

        var responses = await browser.SendManyAsync(20);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        _outages[outage](farm, false);
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task Cache_that_hangs_at_a_read_costs_three_seconds_and_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        farm.Store.InsteadOfRead = () => new TaskCompletionSource().Task;

        var responses = browser.SendManyAsync(20);
        await farm.First.Clock.PassUpToAsync(responses, _timeout);

        Assert.All(await responses, response => Assert.True(response.Session.SignedIn));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        farm.Store.InsteadOfRead = null;
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task Cache_that_hangs_at_a_write_costs_three_seconds_and_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        farm.Store.InsteadOfWrite = () => new TaskCompletionSource().Task;

        var page = browser.GetAsync("/session");
        await farm.First.Clock.PassUpToAsync(page, _timeout);

        Assert.True((await page).Session.SignedIn);
        Assert.Single(farm.First.Logged(LogLevel.Warning));
        farm.Store.InsteadOfWrite = null;
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_does_not_wait_for_a_cache_that_has_hung_before()
    {
        await using var farm = await Farm.StartAsync(static setup => setup.AddLogout());
        var (browser, session) = await farm.First.DueAsync(expired: false);
        farm.Begin(StoreOutage.CacheHangs);
        await browser.GetWithinAsync(farm.First.Clock, StoreOutages.GoodWait);
        farm.First.Clock.Pass(StoreOutages.Hang - StoreOutages.GoodWait);
        await farm.First.UntilLoggedAsync(LogLevel.Warning);

        await browser.GetWithinAsync(farm.First.Clock, TimeSpan.Zero, SignOutSite.LogoutPath);

        Assert.Equal([session.AccessToken!], farm.First.Revoked());
    }

    [Fact]
    public async Task Lock_that_is_never_released_keeps_the_session_with_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var (other, browser) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var before = await browser.SessionAsync();
        farm.First.Clock.Pass(TestSite.TokenLifetime);

        // Another process was killed during its call: its lock is never released, and its outcome is never stored.
        farm.Locks.HoldNext();
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var responses = browser.SendManyAsync(20);
        await waiting;
        await farm.First.Clock.PassUpToAsync(responses, TimeSpan.FromSeconds(10));
        Assert.All(await responses, response => Assert.Equal(before.AccessToken, response.Session.AccessToken));

        // The other process's call may take a minute.
        farm.First.Clock.Pass(TimeSpan.FromSeconds(56));
        await farm.First.UntilLoggedAsync(LogLevel.Warning);
        Assert.Equal(0, farm.First.RefreshCalls);
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        // Other sessions do not wait for it. This session is tried again after 30 seconds.
        Assert.True(farm.First.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        farm.Locks.ReleaseHeld();
        farm.First.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, farm.First.RefreshCalls);
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task Outcome_of_another_process_is_used_without_the_lock()
    {
        await using var farm = await Farm.StartAsync();
        var (refreshToken, stop) = (farm.First.Emulator.Tokens.Issue().RefreshToken, TestContext.Current.CancellationToken);
        var tokens = await farm.First.Client.RefreshTokensAsync(refreshToken, cancellationToken: stop);
        farm.Locks.Failure = Lost();

        var there = await farm.Second.Client.RefreshTokensAsync(refreshToken, cancellationToken: stop);

        Assert.Equal(tokens.AccessToken, there.AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Empty(farm.Second.Logged(LogLevel.Warning));
    }

    // The next refresh is one call for both processes.
    private static async Task AssertSharesAgainAsync(Farm farm, SiteBrowser browser)
    {
        var (calls, warnings) = (farm.First.RefreshCalls, farm.First.Logged(LogLevel.Warning).Count);
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var there = browser.Copy(farm.Second);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);

        Assert.Equal(calls + 1, farm.First.RefreshCalls);
        Assert.Equal(warnings, farm.First.Logged(LogLevel.Warning).Count);
        Assert.Empty(farm.Second.Logged(LogLevel.Warning));
    }

    private static InvalidOperationException Lost() => new("the connection is lost");
}
