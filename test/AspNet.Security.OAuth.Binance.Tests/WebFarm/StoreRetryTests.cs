using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// A command of the cache or the lock that fails transiently, for example after connections were closed: it is retried twice, 200 ms apart,
/// before the store counts as unavailable.
/// </summary>
public sealed class StoreRetryTests
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    public static MatrixTheoryData<string, int, SessionPlace> Commands
        => new(["read", "write", "acquire", "create", "release"], [1, 2], [SessionPlace.Cookie, SessionPlace.Server]);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Commands))]
    public async Task Command_that_fails_once_or_twice_is_retried_without_a_warning(string command, int times, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        var remaining = Fail(farm, command, times);

        var responses = await Task.WhenAll(browser.SendManyAsync(10), browser.Copy(farm.Second).SendManyAsync(10));

        Assert.Equal(0, remaining());
        Assert.Equal(1, farm.First.RefreshCalls);
        var tokens = responses.SelectMany(each => each).Select(response => response.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        farm.First.AssertWarned(0);
        farm.Second.AssertWarned(0);
    }

    // The pauses use the system's clock: that of the application may stand still.
    [Theory(Timeout = 40_000)]
    [InlineData("read")]
    [InlineData("acquire")]
    public async Task Retries_are_200_milliseconds_apart(string command)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        var attempts = new ConcurrentQueue<long>();
        Task Fail()
        {
            attempts.Enqueue(TimeProvider.System.GetTimestamp());
            return attempts.Count <= 2 ? Task.FromException(new InvalidOperationException("the connection is lost")) : Task.CompletedTask;
        }

        if (command is "read")
        {
            farm.Store.Commands.Before = (_, _) => Fail();
        }
        else
        {
            farm.Locks.Before = (kind, _) => kind is LockCommand.Acquire ? Fail() : Task.CompletedTask;
        }

        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));

        var times = attempts.ToArray();
        Assert.True(times.Length >= 3);
        Assert.All(times.Take(2).Zip(times.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > _pause * 0.9));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(0);
    }

    [Theory(Timeout = 40_000)]
    [InlineData("read")]
    [InlineData("acquire")]
    [InlineData("create")]
    public async Task Command_that_fails_three_times_is_an_outage_with_one_warning(string command)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var before = await browser.SessionAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        var remaining = Fail(farm, command, 3);

        var session = await browser.SessionAsync();

        Assert.Equal(0, remaining());
        Assert.Equal(before.AccessToken, session.AccessToken);
        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.Throwing), MemberType = typeof(StoreOutages))]
    public async Task Command_is_not_retried_while_its_store_is_unavailable(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        clock.Pass(StoreOutages.DueAge);
        farm.Begin(outage);
        await browser.SessionAsync();
        var commands = farm.Commands();

        clock.Pass(TimeSpan.FromSeconds(4));
        for (var i = 1; i <= 10; i++)
        {
            Assert.True((await browser.SessionAsync()).SignedIn);

            // Each request may send one command to each of the two.
            Assert.InRange(farm.Commands(), commands, commands + (2 * i));
        }

        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    // After a second, a store counts as one that hangs.
    [Theory(Timeout = 40_000)]
    [InlineData(999, 3, 1)]
    [InlineData(1000, 1, 0)]
    public async Task Lock_is_tried_again_and_used_by_the_next_refresh_only_if_it_fails_within_a_second(int milliseconds, int attempts, int later)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, locks) = (farm.First.Clock, farm.Locks);
        var (browser, other) = (await farm.First.SignedInAsync(), await farm.First.SignedInAsync());
        clock.Pass(TestSite.TokenLifetime);
        var before = locks.Count(LockCommand.Acquire);
        var fails = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        locks.Before = (command, _) => command is LockCommand.Acquire ? fails.Task : Task.CompletedTask;
        var arrived = locks.Next(LockCommand.Acquire);

        var page = browser.SendAsync("/session");
        await arrived;
        clock.Pass(TimeSpan.FromMilliseconds(milliseconds));
        fails.SetException(new InvalidOperationException("the connection is lost"));

        Assert.True(farm.First.Emulator.Tokens.IsLive((await page).Session.AccessToken!));
        Assert.Equal(before + attempts, locks.Count(LockCommand.Acquire));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        Assert.Equal(before + attempts + later, locks.Count(LockCommand.Acquire));
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Wait_for_the_lock_of_another_process_that_fails_once_or_twice_is_retried_without_a_warning(int times)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.WithExpiredTokenAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var here = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        // The first command finds that the other process holds the lock, and the next ones wait for it.
        var acquires = 0;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        farm.Locks.Before = (command, _) =>
        {
            var acquire = command is LockCommand.Acquire ? Interlocked.Increment(ref acquires) : 0;
            if (acquire == times + 2)
            {
                last.SetResult();
            }

            return acquire > 1 && acquire < times + 2 ? Task.FromException(new InvalidOperationException("the connection is lost")) : Task.CompletedTask;
        };
        var there = browser.Copy(farm.Second).SendAsync("/session");
        await last.Task.WaitAsync(TestTimeout.Token);
        hold.Release();

        Assert.Equal((await here).Session.AccessToken, (await there).Session.AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.Second.AssertWarned(0);
    }

    [Fact(Timeout = 40_000)]
    public async Task Outage_of_both_cache_and_lock_is_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);

        farm.Begin(StoreOutage.LockThrows);
        await browser.SessionAsync();
        farm.Begin(StoreOutage.CacheThrows);
        await browser.SessionAsync();
        await browser.GetAsync("/sign-out");

        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Sign_out_reaches_the_other_process_when_cache_commands_fail_once_or_twice(int times)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.AddLogout);
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        farm.First.Clock.Pass(StoreOutages.DueAge);

        // The response is lost, so that the sign-out has the old cookie and removes the outcome of its refresh.
        await browser.SendAsync("/session");
        var write = farm.Store.Commands.FailNext(times, StoreCommand.Set);
        var remove = farm.Store.Commands.FailNext(times, StoreCommand.Remove);

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Equal((0, 0), (write.Left, remove.Left));
        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(farm.First.Revocations);
        farm.First.AssertWarned(0);
        farm.Second.AssertWarned(0);
    }

    private static Func<int> Fail(Farm farm, string command, int times)
    {
        var (store, locks) = (farm.Store.Commands, farm.Locks);
        switch (command)
        {
            case "read":
                return Cache(StoreCommand.Get);
            case "write":
                return Cache(StoreCommand.Set);
            case "acquire":
                return Lock(LockCommand.Acquire);
            case "create":
                return Lock(LockCommand.Create);
            default:
                return Lock(LockCommand.Release);
        }

        Func<int> Cache(StoreCommand kind)
        {
            var failures = store.FailNext(times, kind);
            return () => failures.Left;
        }

        Func<int> Lock(LockCommand kind)
        {
            locks.FailNext(times, kind);
            return () => locks.FailuresLeft(kind);
        }
    }
}
