using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// A lock provider or a cache that ignores cancellation and never returns, or that blocks the calling thread: requests end in time, and the
/// next attempt works.
/// </summary>
public sealed class FaultyLockTests : IDisposable
{
    private readonly ManualResetEventSlim _unblock = new();
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static MatrixTheoryData<string, bool> Faults => new(["acquire hangs", "acquire blocks", "create blocks", "release hangs", "release blocks", "read blocks", "write blocks"], [false, true]);

    public void Dispose()
    {
        _unblock.Set();
        _never.TrySetResult();
        _unblock.Dispose();
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Faults))]
    public async Task Requests_end_in_time_and_the_next_attempt_works(string fault, bool expired)
    {
        await using var farm = await Farm.StartAsync();
        try
        {
            var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
            var old = (await browser.SessionAsync()).AccessToken;
            clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
            Begin(farm, fault);

            // A response waits for a refresh that has been sent, because it sets the cookie.
            var response = await browser.GetWithinAsync(clock, expired || IsSent(fault) ? StoreOutages.LongestWait : StoreOutages.GoodWait);
            Assert.True(response.Session.SignedIn);
            Assert.InRange(farm.First.RefreshCalls, 0, 1);

            // The provider works again. The command that never returned still does not return.
            farm.Recover();
            clock.Pass(TimeSpan.FromSeconds(100));
            var renewed = await browser.UntilAsync(session => session.AccessToken != old, clock);
            Assert.True(farm.First.Emulator.Tokens.IsLive(renewed.AccessToken!));
            Assert.Equal(1, farm.First.RefreshCalls);

            clock.Pass(TestSite.TokenLifetime);
            await browser.UntilAsync(session => session.AccessToken != renewed.AccessToken, clock);
            Assert.Equal(2, farm.First.RefreshCalls);
        }
        finally
        {
            _unblock.Set();
        }
    }

    [Theory(Timeout = 40_000)]
    [InlineData("acquire hangs")]
    [InlineData("acquire blocks")]
    [InlineData("create blocks")]
    [InlineData("read blocks")]
    public async Task Command_that_never_returns_does_not_delay_other_sessions(string fault)
    {
        await using var farm = await Farm.StartAsync();
        try
        {
            var (clock, browser, other) = (farm.First.Clock, await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
            clock.Pass(StoreOutages.DueAge);
            Begin(farm, fault);
            await browser.GetWithinAsync(clock, StoreOutages.GoodWait);
            farm.Recover();
            clock.Pass(StoreOutages.Hang + StoreOutages.Pause);

            Assert.True(farm.First.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        }
        finally
        {
            _unblock.Set();
        }
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Exception_of_CreateLock_is_an_outage(bool expired)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        farm.Locks.Before = (command, _) => command is LockCommand.Create ? throw new InvalidOperationException("the connection is lost") : Task.CompletedTask;

        Assert.All(await browser.SendManyAsync(10), response => Assert.True(response.Session.SignedIn));
        Assert.Equal(expired ? 1 : 0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);

        farm.Recover();
        clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.Pause);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(expired ? 2 : 1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData("release hangs")]
    [InlineData("release blocks")]
    public async Task Release_that_never_returns_delays_its_request_by_three_seconds_at_most(string fault)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(SessionPlace.Cookie).Configure);
        try
        {
            var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
            Begin(farm, fault);

            var response = await browser.GetWithinAsync(clock, StoreOutages.Hang);

            Assert.True(farm.First.Emulator.Tokens.IsLive(response.Session.AccessToken!));
            Assert.Equal(1, farm.First.RefreshCalls);
        }
        finally
        {
            _unblock.Set();
        }
    }

    [Fact(Timeout = 40_000)]
    public async Task Lock_that_is_acquired_after_the_timeout_is_released()
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
        farm.Locks.Before = (command, _) => command is LockCommand.Acquire ? _never.Task : Task.CompletedTask;
        var response = await browser.GetWithinAsync(clock, StoreOutages.Hang);
        Assert.True(farm.First.Emulator.Tokens.IsLive(response.Session.AccessToken!));

        var released = farm.Locks.Next(LockCommand.Release);
        _never.SetResult();

        await released;
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    private static bool IsSent(string fault) => fault.StartsWith("release", StringComparison.Ordinal) || fault.StartsWith("write", StringComparison.Ordinal);

    private void Begin(Farm farm, string fault)
    {
        var blocks = fault.EndsWith("blocks", StringComparison.Ordinal);
        Task Stop()
        {
            if (blocks)
            {
                _unblock.Wait(TestContext.Current.CancellationToken);
            }

            return blocks ? Task.CompletedTask : _never.Task;
        }

        switch (fault.Split(' ')[0])
        {
            case "read":
                farm.Store.Commands.Before = (command, _) => command is StoreCommand.Get ? Stop() : Task.CompletedTask;
                break;
            case "write":
                farm.Store.Commands.Before = (command, _) => command is StoreCommand.Set ? Stop() : Task.CompletedTask;
                break;
            default:
                var kind = Enum.Parse<LockCommand>(fault.Split(' ')[0], ignoreCase: true);
                farm.Locks.Before = (command, _) => command == kind ? Stop() : Task.CompletedTask;
                break;
        }
    }
}
