using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A slow server: <c>BackchannelTimeout</c> limits one delivery, for the token request and the user request together.
/// </summary>
public sealed class SignInDeadlineTests
{
    [Theory(Timeout = 60_000)]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task A_delivery_fails_at_its_deadline(EmulatorEndpoint slow)
    {
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options => options.BackchannelTimeout = TimeSpan.FromSeconds(7));
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(slow);

        var delivery = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(6));
        Assert.False(delivery.IsCompleted);
        await site.PassAsync(TimeSpan.FromSeconds(1));

        var response = await delivery;
        Assert.Equal("timeout", response.Failure());
        Assert.Null(response.SessionCookie);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_token_request_and_the_user_request_have_one_deadline_together()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        using var token = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var user = site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);

        var delivery = browser.DeliverCallbackAsync(callback);
        await token.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(6));
        token.Release();
        await user.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(3));
        Assert.False(delivery.IsCompleted);
        await site.PassAsync(TimeSpan.FromSeconds(1));

        Assert.Equal("timeout", (await delivery).Failure());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_repeated_user_request_is_within_the_same_deadline()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.Status(503));
        using var first = site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);

        var delivery = browser.DeliverCallbackAsync(callback);
        await first.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(6));
        var pause = site.Clock.NextTimer(TimeSpan.FromMilliseconds(200));
        using var second = site.Emulator.Faults.Hold(EmulatorEndpoint.UserInfo);
        first.Release();
        await pause;
        await site.PassAsync(TimeSpan.FromSeconds(4));

        Assert.Equal("timeout", (await delivery).Failure());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_deadline_of_a_delivery_is_counted_from_its_own_arrival()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var first = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(6));
        var second = await site.ArriveAsync(browser, callback);
        await site.PassAsync(TimeSpan.FromSeconds(4));
        Assert.Equal("timeout", (await first).Failure());
        await site.PassAsync(TimeSpan.FromSeconds(5));
        Assert.False(second.IsCompleted);
        hold.Release();

        browser.Receive(await second);
        await site.AssertLiveAsync(browser);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.UserInfo)]
    public async Task The_call_continues_after_the_deadline_and_a_second_delivery_is_signed_in_by_it(EmulatorEndpoint slow)
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(slow);
        var first = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await site.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("timeout", (await first).Failure());
        await site.PassAsync(TimeSpan.FromSeconds(45));
        hold.Release();
        var second = await browser.DeliverCallbackAsync(callback);

        browser.Receive(second);
        await site.AssertLiveAsync(browser);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
        await site.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_request_without_a_response_ends_after_a_minute_and_is_not_repeated()
    {
        await using var site = await DeliverySite.StartAsync();
        site.Emulator.Options.CodeLifetime = TimeSpan.FromMinutes(10);
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await site.PassAsync(TimeSpan.FromSeconds(61));
        var second = await browser.DeliverCallbackAsync(callback);

        Assert.Equal(("timeout", "timeout"), ((await first).Failure(), second.Failure()));
        Assert.Equal(1, hold.Arrived);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeliveryPoint.CreatingTicket)]
    [InlineData(DeliveryPoint.TicketReceived)]
    public async Task The_application_s_own_work_has_no_deadline(DeliveryPoint point)
    {
        var stop = new DeliveryStop(point);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var browser = site.Browser();
        var delivery = await stop.DeliverAsync(site, browser, await browser.ConsentAsync());

        await site.PassAsync(TimeSpan.FromSeconds(30));
        stop.Release();

        browser.Receive(await delivery);
        await site.AssertLiveAsync(browser);
    }
}
