using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A callback that the browser aborts and delivers again: the exchange belongs to the sign-in, not to a request.
/// </summary>
public sealed class AbortedDeliveryTests
{
    public static TheoryData<DeliveryPoint> Points =>
    [
        DeliveryPoint.TokenRequest, DeliveryPoint.UserRequest, DeliveryPoint.CreatingTicket, DeliveryPoint.TicketReceived, DeliveryPoint.SigningIn,
    ];

    public static MatrixTheoryData<DeliveryPoint, SessionPlace> PointsAndPlaces
        => new(Points.Select(row => row.Data), [SessionPlace.Cookie, SessionPlace.Server]);

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(PointsAndPlaces))]
    public async Task A_delivery_after_the_first_was_aborted_is_signed_in_by_the_same_exchange(DeliveryPoint point, SessionPlace place)
    {
        var stop = new DeliveryStop(point);
        await using var site = await StartAsync(stop, place);
        var (browser, callback) = await site.ConsentedAsync();

        await stop.AbortAsync(site, browser, callback);
        var second = await browser.DeliverCallbackAsync(callback);

        await AssertSignedInOnceAsync(site, browser, second);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(PointsAndPlaces))]
    public async Task A_delivery_in_progress_when_the_first_is_aborted_is_signed_in(DeliveryPoint point, SessionPlace place)
    {
        var stop = new DeliveryStop(point);
        await using var site = await StartAsync(stop, place);
        var (browser, callback) = await site.ConsentedAsync();
        Task<SiteResponse>? second = null;

        await stop.AbortAsync(site, browser, callback, async () => second = await site.ArriveAsync(browser, callback));

        await AssertSignedInOnceAsync(site, browser, await second!);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeliveryPoint.TokenRequest)]
    [InlineData(DeliveryPoint.UserRequest)]
    public async Task A_delivery_waits_for_the_call_of_an_aborted_one(DeliveryPoint point)
    {
        var stop = new DeliveryStop(point);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();
        using var closing = new CancellationTokenSource();
        var first = await stop.DeliverUntilAsync(site, browser, callback, closing.Token);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = await site.ArriveAsync(browser, callback);
        stop.Release();

        await AssertSignedInOnceAsync(site, browser, await second);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_nine_aborted_ones_is_signed_in()
    {
        var stop = new DeliveryStop(DeliveryPoint.TokenRequest);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();

        await stop.AbortAsync(site, browser, callback, async () =>
        {
            using var closing = new CancellationTokenSource();
            var arrived = site.Calls().Exchanges.Next(8);
            var others = Enumerable.Range(0, 8).Select(_ => browser.DeliverCallbackUntilAsync(callback, closing.Token)).ToArray();
            await arrived;
            await closing.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(others));
        });

        await AssertSignedInOnceAsync(site, browser, await browser.DeliverCallbackAsync(callback));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task A_delivery_59_seconds_after_the_aborted_one_is_signed_in_and_keeps_its_tokens(DeliveryPoint point)
    {
        var stop = new DeliveryStop(point);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();

        await stop.AbortAsync(site, browser, callback);
        await site.PassAsync(TimeSpan.FromSeconds(59));
        Assert.Empty(site.Revocations);
        await AssertSignedInOnceAsync(site, browser, await browser.DeliverCallbackAsync(callback));

        await site.PassAsync(TimeSpan.FromMinutes(3));
        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    private static Task<TestSite> StartAsync(DeliveryStop stop, SessionPlace place) => DeliverySite.StartAsync(setup =>
    {
        stop.Configure(setup);
        new SessionStorage(place).Configure(setup);
    });

    private static async Task AssertSignedInOnceAsync(TestSite site, SiteBrowser browser, SiteResponse response)
    {
        Assert.Null(response.Failure());
        browser.Receive(response);
        await site.AssertLiveAsync(browser);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
    }
}
