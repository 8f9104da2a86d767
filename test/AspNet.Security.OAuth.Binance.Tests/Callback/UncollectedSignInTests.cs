using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// The tokens of a sign-in that no delivery completed: no session has them, and they are revoked.
/// </summary>
public sealed class UncollectedSignInTests
{
    public static TheoryData<DeliveryPoint> Points => AbortedDeliveryTests.Points;

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task Tokens_are_revoked_once_after_a_minute_when_the_only_delivery_was_aborted(DeliveryPoint point)
    {
        var stop = new DeliveryStop(point);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var browser = site.Browser();

        await stop.AbortAsync(site, browser, await browser.ConsentAsync());

        await AssertRevokedOnceAsync(site);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_are_revoked_when_an_event_of_the_only_delivery_throws(bool inCreatingTicket)
    {
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options =>
        {
            options.Events.OnCreatingTicket = _ => inCreatingTicket ? throw new InvalidDataException("own fault") : Task.CompletedTask;
            options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault");
        });
        var browser = site.Browser();

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal("unknown", response.Failure());
        await AssertRevokedOnceAsync(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_are_revoked_when_user_info_refuses_them()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        site.Emulator.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("117041", "No."));

        var response = await browser.DeliverCallbackAsync(await browser.ConsentAsync());

        Assert.Equal("api_error", response.Failure());
        await AssertRevokedOnceAsync(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_that_arrive_after_the_deadline_of_the_only_delivery_are_revoked()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var delivery = browser.DeliverCallbackAsync(callback);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await site.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("timeout", (await delivery).Failure());

        hold.Release();

        await AssertRevokedOnceAsync(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_are_revoked_when_both_deliveries_were_aborted()
    {
        var stop = new DeliveryStop(DeliveryPoint.TokenRequest);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();

        await stop.AbortAsync(site, browser, callback, () => site.AbortAfterArrivalAsync(browser, callback));

        await AssertRevokedOnceAsync(site);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_of_each_sign_in_are_revoked_a_minute_after_its_own_delivery()
    {
        await using var site = await DeliverySite.StartAsync(setup => setup.Binance = options
            => options.Events.OnTicketReceived = _ => throw new InvalidDataException("own fault"));
        await FailAsync(site);
        await site.PassAsync(TimeSpan.FromSeconds(30));
        await FailAsync(site);
        await site.PassAsync(TimeSpan.FromSeconds(15));
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);
        await FailAsync(site);

        await site.PassAsync(TimeSpan.FromSeconds(35));
        Assert.Single(site.Revocations);
        await site.PassAsync(TimeSpan.FromSeconds(15));

        await site.Emulator.Requests.WaitForAsync(_ => site.Revocations.Count == 2, TestTimeout.Token);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(503)]
    [InlineData(400)]
    public async Task A_revocation_that_fails_is_not_repeated(int status)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var browser = site.Browser();
        await stop.AbortAsync(site, browser, await browser.ConsentAsync());
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(status));

        await site.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Single(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_of_a_sign_in_with_one_delivery_are_never_revoked()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = await site.SignedInAsync();

        await site.PassAsync(TimeSpan.FromMinutes(5));

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tokens_that_one_of_two_deliveries_collected_are_never_revoked(bool theFirstIsAborted)
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();
        Task Collect() => CollectAsync(browser, callback);

        await stop.AbortAsync(site, browser.Copy(), callback, theFirstIsAborted ? null : Collect);
        if (theFirstIsAborted)
        {
            await Collect();
        }

        await site.PassAsync(TimeSpan.FromMinutes(5));
        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    private static async Task FailAsync(TestSite site)
    {
        var browser = site.Browser();
        Assert.NotNull((await browser.DeliverCallbackAsync(await browser.ConsentAsync())).Failure());
    }

    private static async Task CollectAsync(SiteBrowser browser, string callback) => browser.Receive(await browser.DeliverCallbackAsync(callback));

    private static async Task AssertRevokedOnceAsync(TestSite site)
    {
        // The exchange may have waited for its response for some of these seconds.
        await site.AssertRevokedBetweenAsync(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(75));
        await site.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(200, Assert.Single(site.Revocations).Status);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Equal(1, site.TokenRequests());
    }
}
