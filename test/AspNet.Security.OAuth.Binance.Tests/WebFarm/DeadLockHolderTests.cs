using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// A process was killed while it held a session's lock: other processes wait briefly, and refresh when the lock has expired.
/// </summary>
public sealed class DeadLockHolderTests
{
    public static TheoryData<SessionPlace> Places => [SessionPlace.Cookie, SessionPlace.Server];

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Places))]
    public async Task Request_with_a_good_token_waits_two_seconds_and_later_ones_do_not_wait(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Locks.HoldNext();

        var response = await browser.GetWithinAsync(clock, StoreOutages.GoodWait);
        Assert.Equal(old, response.Session.AccessToken);
        Assert.Null(response.SessionCookie);
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
    public async Task Request_with_an_expired_token_waits_until_BackchannelTimeout(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(TestSite.TokenLifetime);
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
    public async Task Session_is_refreshed_once_in_the_background_when_the_lock_is_released(SessionPlace place, bool expired)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (site, clock, browser) = (farm.First, farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
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
    public async Task One_of_two_waiting_processes_refreshes()
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
    public async Task Next_request_with_a_good_token_waits_for_the_lock_again_after_a_timeout()
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Locks.HoldNext();
        await browser.GetWithinAsync(clock, StoreOutages.GoodWait);

        // The longest duration of another process's call and of two commands of the store.
        clock.Pass(TimeSpan.FromSeconds(64));
        await farm.First.UntilLoggedAsync(Microsoft.Extensions.Logging.LogLevel.Warning);
        var acquires = farm.Locks.Next(LockCommand.Acquire);
        while (!acquires.IsCompleted)
        {
            // A refresh logs the timeout before it ends.
            Assert.Equal(old, (await browser.GetWithinAsync(clock, StoreOutages.GoodWait)).Session.AccessToken);
        }

        await acquires;

        farm.Locks.ReleaseHeld();
        await browser.UntilRenewedAsync(old);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    // A second use of a refresh token may end its session.
    [Fact(Timeout = 40_000)]
    public async Task Refresh_of_the_token_service_fails_after_a_timeout_and_is_not_sent()
    {
        await using var farm = await Farm.StartAsync();
        var (clock, refreshToken) = (farm.First.Clock, farm.First.Emulator.Tokens.Issue().RefreshToken);
        farm.Locks.HoldNext();
        var waiting = clock.NextTimer(TimeSpan.FromSeconds(66));
        var failing = FailAsync();
        await waiting;
        clock.Pass(TimeSpan.FromSeconds(66));

        // The refresh continues after the timeout of its caller.
        var failure = await failing;
        while (failure is BinanceFailure.Timeout)
        {
            failure = await FailAsync();
        }

        Assert.Equal(BinanceFailure.Unavailable, failure);
        Assert.Equal(0, farm.First.RefreshCalls);

        async Task<BinanceFailure> FailAsync()
        {
            var refresh = farm.First.Client.RefreshTokensAsync(refreshToken, cancellationToken: TestTimeout.Token);
            return (await Assert.ThrowsAsync<BinanceAuthenticationException>(() => refresh)).Failure;
        }
    }
}
