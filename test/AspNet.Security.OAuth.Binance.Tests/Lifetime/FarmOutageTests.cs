using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// The lock or the cache of a farm is away: requests are answered, one warning says so, and nobody has to restart anything.
/// </summary>
public sealed class FarmOutageTests
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(3);

    private static readonly Dictionary<string, Action<Farm, bool>> _outages = new()
    {
        ["the lock throws"] = (farm, away) => farm.Locks.Failure = away ? Lost() : null,
        ["releasing the lock throws"] = (farm, away) => farm.Locks.ReleaseFailure = away ? Lost() : null,
        ["reading throws"] = (farm, away) => farm.Store.InsteadOfRead = away ? () => Task.FromException(Lost()) : null,
        ["writing throws"] = (farm, away) => farm.Store.InsteadOfWrite = away ? () => Task.FromException(Lost()) : null,
        ["all of it throws"] = (farm, away) =>
        {
            farm.Locks.Failure = away ? Lost() : null;
            farm.Store.InsteadOfRead = farm.Store.InsteadOfWrite = away ? () => Task.FromException(Lost()) : null;
        },
        ["all of it throws from the second step on"] = (farm, away) =>
        {
            var read = 0;
            farm.Locks.ReleaseFailure = away ? Lost() : null;
            farm.Store.InsteadOfRead = away ? () => Interlocked.Increment(ref read) == 1 ? Task.CompletedTask : Task.FromException(Lost()) : null;
            farm.Store.InsteadOfWrite = away ? () => Task.FromException(Lost()) : null;
        },
    };

    public static TheoryData<string> Outages => [.. _outages.Keys];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task Requests_are_answered_with_one_warning_and_all_is_well_when_it_is_back(string outage)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        _outages[outage](farm, true);

        var answers = await browser.SendManyAsync(20);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        _outages[outage](farm, false);
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task A_cache_that_hangs_while_it_is_read_costs_three_seconds_and_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        farm.Store.InsteadOfRead = () => new TaskCompletionSource().Task;

        var crowd = browser.SendManyAsync(20);
        await farm.First.Clock.PassUpToAsync(crowd, _patience);

        Assert.All(await crowd, answer => Assert.True(answer.Session.SignedIn));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        farm.Store.InsteadOfRead = null;
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task A_cache_that_hangs_while_it_is_written_costs_three_seconds_and_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        farm.Store.InsteadOfWrite = () => new TaskCompletionSource().Task;

        var page = browser.GetAsync("/session");
        await farm.First.Clock.PassUpToAsync(page, _patience);

        Assert.True((await page).Session.SignedIn);
        Assert.Single(farm.First.Logged(LogLevel.Warning));
        farm.Store.InsteadOfWrite = null;
        await AssertSharesAgainAsync(farm, browser);
    }

    [Fact]
    public async Task A_lock_that_another_process_never_gives_back_leaves_the_session_alone_with_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var (other, browser) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        var before = await browser.SessionAsync();
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);

        // A process that died in the middle of its call: its lock stays, its outcome never comes.
        farm.Locks.HoldNext();
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var crowd = browser.SendManyAsync(20);
        await waiting;
        farm.First.Clock.Pass(TimeSpan.FromSeconds(10));
        Assert.All(await crowd, answer => Assert.Equal(before.AccessToken, answer.Session.AccessToken));

        // The call that is waited for may take a minute.
        farm.First.Clock.Pass(TimeSpan.FromSeconds(56));
        await farm.First.UntilLoggedAsync(LogLevel.Warning);
        Assert.Equal(0, farm.First.RefreshCalls);
        Assert.Single(farm.First.Logged(LogLevel.Warning));

        // Nobody else waits for it, and half a minute later this session is tried again.
        Assert.True(farm.First.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        farm.Locks.ReleaseHeld();
        farm.First.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, farm.First.RefreshCalls);
        await AssertSharesAgainAsync(farm, browser);
    }

    // The next refresh is one call for both processes.
    private static async Task AssertSharesAgainAsync(Farm farm, LifetimeBrowser browser)
    {
        var (calls, warnings) = (farm.First.RefreshCalls, farm.First.Logged(LogLevel.Warning).Count);
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        var there = browser.Copy(farm.Second);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.True((await there.SessionAsync()).SignedIn);

        Assert.Equal(calls + 1, farm.First.RefreshCalls);
        Assert.Equal(warnings, farm.First.Logged(LogLevel.Warning).Count);
        Assert.Empty(farm.Second.Logged(LogLevel.Warning));
    }

    private static InvalidOperationException Lost() => new("the connection is lost");
}
