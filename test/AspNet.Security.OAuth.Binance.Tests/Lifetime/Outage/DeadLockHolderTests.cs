using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// A process that was killed while it held a session's lock: others wait briefly, and refresh when the lock has ended by itself.
/// </summary>
public sealed class DeadLockHolderTests
{
    public static TheoryData<SessionPlace> Places => [SessionPlace.Cookie, SessionPlace.Server];

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Places))]
    public async Task With_a_good_token_a_request_waits_two_seconds_at_most_and_later_ones_not_at_all(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Locks.HoldNext();

        var answer = await browser.GetWithinAsync(clock, StoreOutages.GoodWait);
        Assert.Equal(old, answer.Session.AccessToken);
        Assert.Null(answer.SessionCookie);
        Assert.All(await browser.SendManyAsync(10), later => Assert.Equal(old, later.Session.AccessToken));

        for (var i = 0; i < 5; i++)
        {
            clock.Pass(TimeSpan.FromSeconds(10));
            Assert.Equal(old, (await browser.GetWithinAsync(clock, TimeSpan.Zero)).Session.AccessToken);
        }

        Assert.Equal(0, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Places))]
    public async Task With_an_expired_token_requests_wait_for_BackchannelTimeout_in_all(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(LifetimeSite.TokenLifetime);
        farm.Locks.HoldNext();

        Assert.Equal(old, (await browser.GetWithinAsync(clock, StoreOutages.LongestWait)).Session.AccessToken);

        Assert.All(await browser.SendManyAsync(10), later => Assert.Equal(old, later.Session.AccessToken));
        Assert.Equal(0, farm.First.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(SessionPlace.Cookie, false)]
    [InlineData(SessionPlace.Cookie, true)]
    [InlineData(SessionPlace.Server, false)]
    [InlineData(SessionPlace.Server, true)]
    public async Task When_the_lock_has_ended_the_session_is_refreshed_once_without_a_request(SessionPlace place, bool expired)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (site, clock, browser) = (farm.First, farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        farm.Locks.HoldNext();
        await browser.GetWithinAsync(clock, expired ? StoreOutages.LongestWait : StoreOutages.GoodWait);

        clock.Pass(TimeSpan.FromSeconds(20));
        farm.Locks.ReleaseHeld();
        await site.Emulator.Requests.WaitForAsync(request => request.GrantType == "refresh_token", TestContext.Current.CancellationToken);

        var session = await browser.UntilRenewedAsync(old);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(session.AccessToken, (await there.UntilRenewedAsync(old)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Both_processes_wait_in_the_background_and_one_refreshes()
    {
        await using var farm = await Farm.StartAsync();
        var (site, clock, browser) = (farm.First, farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(StoreOutages.DueAge);
        farm.Locks.HoldNext();
        await browser.GetWithinAsync(clock, StoreOutages.GoodWait);
        await there.GetWithinAsync(clock, StoreOutages.GoodWait);

        farm.Locks.ReleaseHeld();

        Assert.Equal((await browser.UntilRenewedAsync(old)).AccessToken, (await there.UntilRenewedAsync(old)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_wait_that_has_ended_is_followed_by_a_new_one()
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Locks.HoldNext();
        await browser.GetWithinAsync(clock, StoreOutages.GoodWait);

        // The call of another process, and two commands of the store.
        clock.Pass(TimeSpan.FromSeconds(64));
        await farm.First.UntilLoggedAsync(Microsoft.Extensions.Logging.LogLevel.Warning);
        clock.Pass(TimeSpan.FromSeconds(30));
        var acquires = farm.Locks.Next(LockCommand.Acquire);
        Assert.Equal(old, (await browser.GetWithinAsync(clock, StoreOutages.GoodWait)).Session.AccessToken);
        await acquires;

        farm.Locks.ReleaseHeld();
        await browser.UntilRenewedAsync(old);
        Assert.Equal(1, farm.First.RefreshCalls);
    }
}
