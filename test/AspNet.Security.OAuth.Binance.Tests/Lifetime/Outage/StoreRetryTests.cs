using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// A command of the cache or the lock that fails for a moment, as after connections were closed: it is tried again twice, 200 ms apart,
/// before the store counts as unavailable.
/// </summary>
public sealed class StoreRetryTests
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(200);

    public static MatrixTheoryData<string, int, SessionPlace> Commands
        => new(["read", "write", "acquire", "create", "release"], [1, 2], [SessionPlace.Cookie, SessionPlace.Server]);

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Commands))]
    public async Task A_command_that_fails_once_or_twice_costs_no_second_refresh_and_no_warning(string command, int times, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        farm.First.Clock.PausesPass = true;
        var left = Fail(farm, command, times);

        var crowds = await Task.WhenAll(browser.SendManyAsync(10), browser.Copy(farm.Second).SendManyAsync(10));

        Assert.Equal(0, left());
        Assert.Equal(1, farm.First.RefreshCalls);
        var tokens = crowds.SelectMany(crowd => crowd).Select(answer => answer.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        farm.First.AssertWarned(0);
        farm.Second.AssertWarned(0);
    }

    // By the time of the machine: a pause of the application's clock may be a long one, or none.
    [Theory(Timeout = 40_000)]
    [InlineData("read")]
    [InlineData("acquire")]
    public async Task The_retries_are_200_milliseconds_apart(string command)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.WithExpiredTokenAsync());
        clock.PausesPass = true;
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
        Assert.All(times.Take(2).Zip(times.Skip(1)), pair => Assert.True(TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > _pause * 0.9 || clock.Pauses.Count == 2));
        Assert.All(clock.Pauses, pause => Assert.Equal(_pause, pause));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(0);
    }

    [Theory(Timeout = 40_000)]
    [InlineData("read")]
    [InlineData("acquire")]
    [InlineData("create")]
    public async Task A_command_that_fails_three_times_is_an_outage_with_one_warning(string command)
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        var before = await browser.SessionAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        farm.First.Clock.PausesPass = true;
        var left = Fail(farm, command, 3);

        var session = await browser.SessionAsync();

        Assert.Equal(0, left());
        Assert.Equal(before.AccessToken, session.AccessToken);
        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.Throwing), MemberType = typeof(StoreOutages))]
    public async Task While_a_store_is_unavailable_nothing_is_tried_again(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        clock.Pass(StoreOutages.DueAge);
        clock.PausesPass = true;
        farm.Begin(outage);
        await browser.SessionAsync();
        var commands = farm.Commands();

        clock.Pass(TimeSpan.FromSeconds(4));
        for (var i = 1; i <= 10; i++)
        {
            Assert.True((await browser.SessionAsync()).SignedIn);

            // Each request may find out for itself, at once, that one of the two is still unavailable.
            Assert.InRange(farm.Commands(), commands, commands + (2 * i));
        }

        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_cache_and_a_lock_that_are_both_unavailable_are_one_warning()
    {
        await using var farm = await Farm.StartAsync();
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(StoreOutages.DueAge);
        farm.First.Clock.PausesPass = true;

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
    public async Task The_end_of_a_session_reaches_the_other_process_although_writing_and_removing_fail_for_a_moment(int times)
    {
        await using var farm = await Farm.StartAsync(SignOutSite.AddLogout);
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        farm.First.Clock.Pass(StoreOutages.DueAge);

        // The response is lost: the sign-out brings the old cookie, and the outcome of its refresh is removed.
        await browser.SendAsync("/session");
        farm.First.Clock.PausesPass = true;
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
