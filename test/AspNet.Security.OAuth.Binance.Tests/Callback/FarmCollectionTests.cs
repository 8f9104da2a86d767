using AspNet.Security.OAuth.Binance.Tests.Callback.Support;

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
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
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
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
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
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
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
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
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
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
        await stop.AbortAsync(farm.First, browser, callback);
        var slow = browser.Copy(farm.Second).DeliverCallbackAsync(callback);
        await reached.Task;

        await farm.First.PassAsync(TimeSpan.FromSeconds(100));
        released.SetResult();
        Assert.Equal("unknown", (await slow).Failure());

        await farm.First.PassUntilRevokedAsync();
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
