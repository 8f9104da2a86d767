using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

/// <summary>
/// The cache or the lock is unavailable while tokens are due and the access token is good: nobody refreshes, so that no two processes do.
/// </summary>
public sealed class GoodTokenOutageTests
{
    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.All), MemberType = typeof(StoreOutages))]
    public async Task Nobody_refreshes_until_it_is_back_and_then_one_process_does(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(StoreOutages.DueAge);
        clock.PausesPass = true;
        farm.Begin(outage);

        // Two attempts: at first, and 5 s after its failure.
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var commands = farm.Commands();
            foreach (var process in new[] { browser, there })
            {
                var crowd = process.SendManyAsync(outage.Hangs() ? 1 : 10);
                await clock.PassUpToAsync(crowd, StoreOutages.Hang);
                Assert.All(await crowd, answer => Assert.Equal(old, answer.Session.AccessToken));
                Assert.All(await crowd, answer => Assert.Null(answer.SessionCookie));
            }

            Assert.True(farm.Commands() > commands);
            Assert.Equal(0, farm.First.RefreshCalls);
            clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        }

        farm.Recover();
        clock.Pass(StoreOutages.Hang + StoreOutages.Pause);
        var crowds = await Task.WhenAll(browser.SendManyAsync(10), there.SendManyAsync(10));

        var tokens = crowds.SelectMany(crowd => crowd).Select(answer => answer.Session.AccessToken).Distinct();
        Assert.True(farm.First.Emulator.Tokens.IsLive(Assert.Single(tokens)!));
        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.All(new[] { farm.First, farm.Second }, site => Assert.InRange(
            site.Logged(Microsoft.Extensions.Logging.LogLevel.Warning).Count(record => record.Id.Name is "FarmUnavailable"), 1, 2));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(StoreOutages.Throwing), MemberType = typeof(StoreOutages))]
    public async Task It_is_tried_again_five_seconds_after_its_failure(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync();
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var old = (await browser.SessionAsync()).AccessToken;
        clock.Pass(StoreOutages.DueAge);
        clock.PausesPass = true;
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
    public async Task A_request_waits_two_seconds_at_most_for_a_store_that_hangs_and_the_next_ones_not_at_all(StoreOutage outage)
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
    public async Task Sessions_on_the_server_are_served_with_the_old_token_while_the_lock_is_unavailable(StoreOutage outage)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(SessionPlace.Server).Configure);
        var (clock, browser) = (farm.First.Clock, await farm.First.SignedInAsync());
        var (there, old) = (browser.Copy(farm.Second), (await browser.SessionAsync()).AccessToken);
        clock.Pass(StoreOutages.DueAge);
        clock.PausesPass = true;
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
