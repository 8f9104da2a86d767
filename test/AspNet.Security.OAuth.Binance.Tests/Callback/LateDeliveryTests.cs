using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A delivery that completes when its session has ended, or that arrives when the outcome of the exchange is no longer kept.
/// </summary>
public sealed class LateDeliveryTests
{
    public static MatrixTheoryData<DeliveryPoint, SessionPlace> Points => new(
        [DeliveryPoint.CreatingTicket, DeliveryPoint.TicketReceived, DeliveryPoint.SigningIn, DeliveryPoint.SignedIn],
        Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task A_delivery_that_completes_after_the_sign_out_writes_no_cookie(DeliveryPoint point, SessionPlace place)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(place));
        await using var site = await DeliverySite.StartAsync(setup => Configure(setup, stop, sessions));
        var (browser, late) = await DeliverWithALateOneAsync(site, stop);

        await browser.GetAsync("/sign-out");
        stop.Release();
        var response = await late;

        AssertWritesNoSession(response);
        browser.Receive(response);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Empty(sessions.Entries);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeliveryPoint.CreatingTicket)]
    [InlineData(DeliveryPoint.TicketReceived)]
    [InlineData(DeliveryPoint.SigningIn)]
    [InlineData(DeliveryPoint.SignedIn)]
    public async Task A_delivery_that_completes_after_the_sign_out_in_another_process_restores_no_session_on_the_server(DeliveryPoint point)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(SessionPlace.Server));
        await using var farm = await DeliverySite.StartFarmAsync(setup => Configure(setup, stop, sessions));
        var (browser, callback) = await farm.First.ConsentedAsync();
        var late = await stop.DeliverAsync(farm.First, browser, callback);
        var there = browser.Copy(farm.Second);
        there.Receive(await there.DeliverCallbackAsync(callback));
        await farm.Second.AssertLiveAsync(there);
        await there.GetAsync("/sign-out");

        stop.Release();
        there.Receive(await late);

        Assert.False((await there.SessionAsync()).SignedIn);
        Assert.False((await there.Copy(farm.First).SessionAsync()).SignedIn);
        Assert.Empty(sessions.Entries);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_delivery_that_arrives_after_the_sign_out_writes_no_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await DeliverySite.StartAsync(sessions.Configure);
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await browser.GetAsync("/sign-out");

        var response = await again.DeliverCallbackAsync(callback);

        AssertWritesNoSession(response);
        again.Receive(response);
        Assert.False((await again.SessionAsync()).SignedIn);
        Assert.Equal(1, site.TokenRequests());
        Assert.Empty(sessions.Entries);
        Assert.Single(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task A_delivery_that_completes_after_a_later_sign_in_does_not_change_its_cookie(DeliveryPoint point, SessionPlace place)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(place));
        await using var site = await DeliverySite.StartAsync(setup => Configure(setup, stop, sessions));
        var (browser, late) = await DeliverWithALateOneAsync(site, stop);

        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);
        stop.Release();
        var response = await late;

        Assert.Null(response.SessionCookie);
        browser.Receive(response);
        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_delivery_that_arrives_after_a_later_sign_in_does_not_change_its_cookie(SessionPlace place)
    {
        await using var site = await DeliverySite.StartAsync(new SessionStorage(place).Configure);
        var (browser, callback) = await site.ConsentedAsync();
        var again = browser.Copy();
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);

        var response = await again.DeliverCallbackAsync(callback);

        Assert.Null(response.SessionCookie);
        browser.Receive(response);
        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_a_minute_finds_no_outcome()
    {
        await using var site = await DeliverySite.StartAsync();
        var (browser, callback) = await site.ConsentedAsync();
        await browser.DeliverCallbackAsync(callback);
        await site.PassAsync(TimeSpan.FromSeconds(61));

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal("invalid_grant", response.Failure());
        Assert.Null(response.SessionCookie);
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_the_uncollected_tokens_were_revoked_finds_no_outcome()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var (browser, callback) = await site.ConsentedAsync();
        await stop.AbortAsync(site, browser, callback);
        await site.PassUntilRevokedAsync();

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal("invalid_grant", response.Failure());
        Assert.Null(response.SessionCookie);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_callback_that_is_reloaded_after_its_response_is_refused(SessionPlace place)
    {
        await using var site = await DeliverySite.StartAsync(new SessionStorage(place).Configure);
        var (browser, callback) = await site.ConsentedAsync();
        browser.Receive(await browser.DeliverCallbackAsync(callback));

        var response = await browser.DeliverCallbackAsync(callback);

        Assert.Equal("correlation_failed", response.Failure());
        Assert.Null(response.SessionCookie);
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }

    private static void Configure(SiteSetup setup, DeliveryStop stop, SessionStorage sessions)
    {
        stop.Configure(setup);
        sessions.Configure(setup);
    }

    // The browser has the response of the second delivery, while the first waits.
    private static async Task<(SiteBrowser Browser, Task<SiteResponse> Late)> DeliverWithALateOneAsync(TestSite site, DeliveryStop stop)
    {
        var (browser, callback) = await site.ConsentedAsync();
        var late = await stop.DeliverAsync(site, browser, callback);
        browser.Receive(await browser.DeliverCallbackAsync(callback));
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
        return (browser, late);
    }

    private static void AssertWritesNoSession(SiteResponse response)
        => Assert.DoesNotContain(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName && cookie.Value.Length > 0);
}
