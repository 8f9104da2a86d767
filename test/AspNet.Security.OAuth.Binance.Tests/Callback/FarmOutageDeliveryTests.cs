using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// Deliveries to two processes while their lock or their cache fails, and sign-ins beyond the limit of a process.
/// </summary>
public sealed class FarmOutageDeliveryTests
{
    // A server revokes the tokens of a code that is sent a second time (RFC 6749 section 4.1.2).
    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_process_that_waited_for_the_other_one_does_not_send_its_code_again_when_the_cache_fails(bool isWrite)
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        var here = farm.First.Browser();
        var callback = await here.ConsentAsync();
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = here.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var waits = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var second = here.Copy(farm.Second).DeliverCallbackAsync(callback);
        await waits;

        static Task Fail() => throw new InvalidOperationException("The cache is unavailable.");
        farm.Store.InsteadOfRead = isWrite ? null : Fail;
        farm.Store.InsteadOfWrite = isWrite ? Fail : null;
        hold.Release();
        here.Receive(await first);
        await second;

        await farm.First.AssertLiveAsync(here);
        Assert.Equal(1, farm.First.TokenRequests());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_lock_that_does_not_respond_fails_no_sign_in(bool isRelease)
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        (farm.Locks.HangsAtAcquire, farm.Locks.HangsAtRelease) = (!isRelease, isRelease);
        var browser = farm.First.Browser();
        var hangs = farm.Locks.Next(isRelease ? LockCommand.Release : LockCommand.Acquire);
        var delivery = await farm.First.ArriveAsync(browser, await browser.ConsentAsync());
        await hangs;

        await farm.First.Clock.PassUpToAsync(delivery, StoreOutages.Hang);

        var response = await delivery;
        Assert.Null(response.Failure());
        browser.Receive(response);
        await farm.First.AssertLiveAsync(browser);
    }

    // Without the lock, the first process would not know that another one uses its tokens.
    [Fact(Timeout = 60_000)]
    public async Task A_delivery_at_the_other_process_fails_after_three_seconds_when_the_lock_does_not_respond()
    {
        await using var farm = await DeliverySite.StartFarmAsync();
        var here = farm.First.Browser();
        var callback = await here.ConsentAsync();
        var there = here.Copy(farm.Second);
        here.Receive(await here.DeliverCallbackAsync(callback));
        farm.Locks.HangsAtAcquire = true;
        var hangs = farm.Locks.Next(LockCommand.Acquire);

        var delivery = there.DeliverCallbackAsync(callback);
        await hangs;
        await farm.First.Clock.PassUpToAsync(delivery, StoreOutages.Hang);

        Assert.Equal("unavailable", (await delivery).Failure());
        Assert.Equal(1, farm.First.TokenRequests());
        await farm.First.AssertLiveAsync(here);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_code_that_was_not_sent_because_there_were_too_many_is_sent_by_a_later_delivery()
    {
        var requests = new HeldTokenRequests();
        await using var farm = await DeliverySite.StartFarmAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = requests);
        await requests.FillAsync(farm.First, HeldTokenRequests.Limit);
        var (browser, callback) = await farm.First.ConsentedAsync();
        var first = await farm.First.ArriveAsync(browser, callback);
        await farm.First.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("unavailable", (await first).Failure());

        requests.ReleaseAll();
        SiteResponse later;
        do
        {
            // The first delivery's exchange releases its lock after the response.
            TestTimeout.Token.ThrowIfCancellationRequested();
            later = await browser.DeliverCallbackAsync(callback);
        }
        while (later.Failure() == "unavailable");
        browser.Receive(later);

        await farm.First.AssertLiveAsync(browser);
    }
}
