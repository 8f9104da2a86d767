using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// The cache or the lock is unavailable while tokens are due and the access token is good: no process refreshes, so that two never do.
/// </summary>
public sealed class GoodTokenOutageTests
{
    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task Outage_prevents_refreshes_and_one_process_refreshes_afterwards(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(StoreOutages.DueAge);
        farm.Begin(outage);

        // Two attempts, the second one 5 s after the failure of the first.
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var commands = farm.Commands();
            foreach (var process in new[] { browser, there })
            {
                var sending = process.SendManyAsync(outage.Hangs() ? 1 : 10);
                await clock.PassUpToAsync(sending, StoreOutages.Hang);
                Assert.All(await sending, response => Assert.Equal(old, response.Session.AccessToken));
                Assert.All(await sending, response => Assert.Null(response.SessionCookie));
            }

            Assert.True(farm.Commands() > commands);
            Assert.Equal(0, farm.First.RefreshCalls);
            clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        }

        farm.Recover();
        clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        var responses = await Task.WhenAll(browser.SendManyAsync(10), there.SendManyAsync(10));

        var tokens = responses.SelectMany(each => each).Select(response => response.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.All(new[] { farm.First, farm.Second }, site => Assert.InRange(
            site.Logged(Microsoft.Extensions.Logging.LogLevel.Warning).Count(record => record.Id.Name is "FarmUnavailable"), 1, 2));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.Throwing), MemberType = typeof(StoreOutages))]
    public async Task Store_is_tried_again_five_seconds_after_its_failure(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Begin(outage);
        await browser.SessionAsync();
        farm.Recover();

        clock.Pass(StoreOutages.Pause - TimeSpan.FromMilliseconds(1));
        Assert.Equal(old, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(0, farm.First.RefreshCalls);

        clock.Pass(TimeSpan.FromMilliseconds(1));
        Assert.True(farm.First.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.Hanging), MemberType = typeof(StoreOutages))]
    public async Task Request_waits_two_seconds_for_a_store_that_hangs_and_later_ones_do_not_wait(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        farm.Begin(outage);

        Assert.Equal(old, (await browser.GetWithinAsync(clock, StoreOutages.GoodWait)).Session.AccessToken);

        clock.Pass(StoreOutages.Hang - StoreOutages.GoodWait);
        await farm.First.UntilLoggedAsync(Microsoft.Extensions.Logging.LogLevel.Warning);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(old, (await browser.GetWithinAsync(clock, TimeSpan.Zero)).Session.AccessToken);
            clock.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(0, farm.First.RefreshCalls);
        farm.First.AssertWarned(1);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(StoreOutage.LockThrows)]
    [InlineData(StoreOutage.LockHangs)]
    public async Task Server_sessions_keep_the_old_token_while_the_lock_is_unavailable(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(SessionPlace.Server).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(StoreOutages.DueAge);
        farm.Begin(outage);

        Assert.Equal(old, (await browser.GetWithinAsync(clock, StoreOutages.GoodWait)).Session.AccessToken);
        Assert.Equal(old, (await there.GetWithinAsync(clock, StoreOutages.GoodWait)).Session.AccessToken);
        Assert.Equal(0, farm.First.RefreshCalls);

        farm.Recover();
        clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        var session = await browser.UntilRenewedAsync(old);
        Assert.Equal(session.AccessToken, (await there.SessionAsync()).AccessToken);
        Assert.Equal(1, farm.First.RefreshCalls);
    }
}
