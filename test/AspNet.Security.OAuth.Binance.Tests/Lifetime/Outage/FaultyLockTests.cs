using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// A lock provider or a cache that never returns, whoever cancels it, or that blocks the thread that calls it: requests are bounded, and the
/// next attempt is a new one.
/// </summary>
public sealed class FaultyLockTests : IDisposable
{
    private readonly ManualResetEventSlim _unblock = new();
    private readonly TaskCompletionSource _never = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static MatrixTheoryData<string, bool> Ways => new(["acquire hangs", "acquire blocks", "create blocks", "release hangs", "release blocks", "read blocks", "write blocks"], [false, true]);

    public void Dispose()
    {
        _unblock.Set();
        _never.TrySetResult();
        _unblock.Dispose();
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Ways))]
    public async Task Requests_are_bounded_and_the_next_attempt_is_a_new_one(string way, bool expired)
    {
        await using var farm = await Farm.StartAsync();
        try
        {
            var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
            var old = (await browser.SessionAsync()).AccessToken;
            clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
            Begin(farm, way);

            // What was sent is waited for by the response, which carries it.
            var answer = await browser.GetWithinAsync(clock, expired || IsSent(way) ? StoreOutages.LongestWait : StoreOutages.GoodWait);
            Assert.True(answer.Session.SignedIn);
            Assert.InRange(farm.First.RefreshCalls, 0, 1);

            // The provider works again; the command that never returned does not return.
            farm.Recover();
            clock.Pass(TimeSpan.FromSeconds(100));
            var renewed = await browser.UntilAsync(session => session.AccessToken != old, clock);
            Assert.True(farm.First.Emulator.Tokens.IsLive(renewed.AccessToken!));
            Assert.Equal(1, farm.First.RefreshCalls);

            clock.Pass(LifetimeSite.TokenLifetime);
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
    public async Task Nobody_else_is_held_by_the_command_that_never_returned(string way)
    {
        await using var farm = await Farm.StartAsync();
        try
        {
            var (clock, browser, other) = (farm.First.Clock, await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
            clock.Pass(StoreOutages.DueAge);
            Begin(farm, way);
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
    public async Task A_provider_that_throws_when_a_lock_is_created_is_an_outage(bool expired)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        clock.PausesPass = true;
        farm.Locks.Before = (command, _) => command is LockCommand.Create ? throw new InvalidOperationException("the connection is lost") : Task.CompletedTask;

        Assert.All(await browser.SendManyAsync(10), answer => Assert.True(answer.Session.SignedIn));
        Assert.Equal(expired ? 1 : 0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);

        farm.Recover();
        clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.Pause);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(expired ? 2 : 1, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData("release hangs")]
    [InlineData("release blocks")]
    public async Task A_release_that_never_returns_holds_nobody_longer_than_a_store_may_take(string way)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(SessionPlace.Cookie).Configure);
        try
        {
            var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
            Begin(farm, way);

            var answer = await browser.GetWithinAsync(clock, StoreOutages.Hang);

            Assert.True(farm.First.Emulator.Tokens.IsLive(answer.Session.AccessToken!));
            Assert.Equal(1, farm.First.RefreshCalls);
        }
        finally
        {
            _unblock.Set();
        }
    }

    private static bool IsSent(string way) => way.StartsWith("release", StringComparison.Ordinal) || way.StartsWith("write", StringComparison.Ordinal);

    private void Begin(Farm farm, string way)
    {
        var blocks = way.EndsWith("blocks", StringComparison.Ordinal);
        Task Stop()
        {
            if (blocks)
            {
                _unblock.Wait(TestContext.Current.CancellationToken);
            }

            return blocks ? Task.CompletedTask : _never.Task;
        }

        switch (way.Split(' ')[0])
        {
            case "read":
                farm.Store.Commands.Before = (command, _) => command is StoreCommand.Get ? Stop() : Task.CompletedTask;
                break;
            case "write":
                farm.Store.Commands.Before = (command, _) => command is StoreCommand.Set ? Stop() : Task.CompletedTask;
                break;
            default:
                var kind = Enum.Parse<LockCommand>(way.Split(' ')[0], ignoreCase: true);
                farm.Locks.Before = (command, _) => command == kind ? Stop() : Task.CompletedTask;
                break;
        }
    }
}
