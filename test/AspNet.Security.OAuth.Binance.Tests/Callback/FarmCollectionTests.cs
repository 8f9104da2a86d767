using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Which process of a farm revokes the tokens of a sign-in: tokens that a browser has are never revoked, and tokens that none has are, in
/// whatever order deliveries arrive, fail and end.
/// </summary>
public sealed class FarmCollectionTests
{
    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_a_third_process_collected_are_kept_when_the_delivery_at_the_second_failed()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        var received = 0;
        await using var farm = await StartAsync(stop, () => Interlocked.Increment(ref received) == 1);
        await using var third = await farm.StartNeighbourAsync();
        var (browser, callback) = await farm.First.ConsentedAsync();
        var last = browser.Copy(third);

        await stop.AbortAsync(farm.First, browser, callback);
        Assert.Equal("unknown", (await browser.Copy(farm.Second).DeliverCallbackAsync(callback)).Failure());
        last.Receive(await last.DeliverCallbackAsync(callback));

        await AssertKeptAsync(farm, third, last);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_another_process_collected_are_kept_when_the_first_delivery_fails_minutes_later()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        var received = 0;
        await using var farm = await StartAsync(stop, () => Interlocked.Increment(ref received) == 2);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var there = browser.Copy(farm.Second);
        var slow = await stop.DeliverAsync(farm.First, browser, callback);
        there.Receive(await there.DeliverCallbackAsync(callback));

        await farm.First.PassAsync(TimeSpan.FromMinutes(6));
        stop.Release();

        Assert.Equal("unknown", (await slow).Failure());
        await AssertKeptAsync(farm, farm.Second, there);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_another_process_collected_are_kept_when_the_cache_loses_its_entries()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await StartAsync(stop, () => false);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var there = browser.Copy(farm.Second);
        await stop.AbortAsync(farm.First, browser, callback);
        there.Receive(await there.DeliverCallbackAsync(callback));

        farm.Store.Lose();

        await AssertKeptAsync(farm, farm.Second, there);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_no_process_collected_are_revoked_although_the_other_process_ended_a_later_exchange_first()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        var fails = false;
        await using var farm = await StartAsync(stop, () => fails);
        var (browser, callback) = await farm.First.ConsentedAsync();
        await stop.AbortAsync(farm.First, browser, callback);
        await farm.First.PassAsync(TimeSpan.FromSeconds(50));
        await farm.Second.SignedInAsync();

        fails = true;
        Assert.Equal("unknown", (await browser.Copy(farm.Second).DeliverCallbackAsync(callback)).Failure());

        await farm.First.AssertRevokedBetweenAsync(TimeSpan.Zero, TimeSpan.FromSeconds(55));
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_no_process_collected_are_revoked_although_the_delivery_at_the_other_process_failed_late()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var farm = await DeliverySite.StartFarmAsync(setup =>
        {
            stop.Configure(setup);
            setup.Binance += options => options.Events.OnTicketReceived = async _ =>
            {
                reached.SetResult();
                await released.Task;
                throw new InvalidDataException("own fault");
            };
        });
        var (browser, callback) = await farm.First.ConsentedAsync();
        await stop.AbortAsync(farm.First, browser, callback);
        var slow = browser.Copy(farm.Second).DeliverCallbackAsync(callback);
        await reached.Task;

        await farm.First.PassAsync(TimeSpan.FromSeconds(100));
        released.SetResult();
        Assert.Equal("unknown", (await slow).Failure());

        await farm.First.PassUntilRevokedAsync();
    }

    // How many processes hold the tokens is one entry of the cache, and the tokens are another one.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_delivery_at_the_other_process_is_signed_in_when_the_number_of_holders_is_lost_or_cannot_be_read(bool isLost)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await StartAsync(stop, () => false);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var there = browser.Copy(farm.Second);
        await stop.AbortAsync(farm.First, browser, callback);
        if (isLost)
        {
            farm.Store.Lose(":holders");
        }
        else
        {
            farm.Store.Tamper(farm.Store.Keys.Single(key => key.EndsWith(":holders", StringComparison.Ordinal)), [1, 2, 3]);
        }

        there.Receive(await there.DeliverCallbackAsync(callback));

        await AssertKeptAsync(farm, farm.Second, there);
    }

    // A write that failed may have been executed, so that another process may use the tokens.
    [Fact(Timeout = 60_000)]
    public async Task Tokens_whose_write_to_the_cache_failed_are_kept()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await StartAsync(stop, () => false);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var write = farm.Store.Commands.FailNext(3, StoreCommand.Set);
        await stop.AbortAsync(farm.First, browser, callback);
        Assert.Equal(0, write.Left);

        await farm.First.PassAsync(TimeSpan.FromMinutes(3));

        Assert.Empty(farm.First.Revocations);
    }

    // The cache counts the minute of the outcome from the write, which took two seconds.
    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_no_process_collected_are_removed_from_the_cache_before_they_are_revoked()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await StartAsync(stop, () => false);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var write = farm.Store.Commands.Hold(StoreCommand.Set, "");
        var aborting = stop.AbortAsync(farm.First, browser, callback);
        await write.Reached;
        farm.First.Clock.Pass(TimeSpan.FromSeconds(2));
        write.Release();
        await aborting;
        Assert.Equal(2, farm.Store.Keys.Count);

        await farm.First.AssertRevokedBetweenAsync(TimeSpan.FromSeconds(58), TimeSpan.FromSeconds(59));

        Assert.Empty(farm.Store.Keys);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_cache_that_hangs_gets_no_command_for_tokens_that_no_process_collected()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var farm = await StartAsync(stop, () => false);
        var (site, clock, browser) = (farm.First, farm.First.Clock, farm.First.Browser());
        await stop.AbortAsync(site, browser, await browser.ConsentAsync());
        clock.Pass(TimeSpan.FromSeconds(56));
        farm.Store.Commands.Hang();
        var refresh = site.Client.RefreshTokensAsync(site.Emulator.Tokens.Issue().RefreshToken, cancellationToken: TestContext.Current.CancellationToken);
        await clock.PassUpToAsync(refresh, StoreOutages.Hang);
        var (commands, acquires) = (farm.Store.Commands.Count, farm.Locks.Count(LockCommand.Acquire));

        // The minute of the exchange ends after one second, and the pause of the cache after five.
        await site.PassAsync(TimeSpan.FromSeconds(4));

        Assert.Equal((commands, acquires), (farm.Store.Commands.Count, farm.Locks.Count(LockCommand.Acquire)));
        Assert.Empty(site.Revocations);
    }

    private static Task<Farm> StartAsync(DeliveryStop stop, Func<bool> throws) => DeliverySite.StartFarmAsync(setup =>
    {
        stop.Configure(setup);
        setup.Binance += options => options.Events.OnTicketReceived = _ => throws() ? throw new InvalidDataException("own fault") : Task.CompletedTask;
    });

    private static async Task AssertKeptAsync(Farm farm, TestSite site, SiteBrowser browser)
    {
        await farm.First.PassAsync(TimeSpan.FromMinutes(3));
        await site.AssertLiveAsync(browser);
        Assert.Empty(farm.First.Revocations);
    }
}
