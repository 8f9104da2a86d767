using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A delivery that completes when its session is over already, or that comes when the outcome of the exchange is forgotten.
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
        var answer = await late;

        AssertWritesNoSession(answer);
        browser.Receive(answer);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Empty(sessions.Entries);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(DeliveryPoint.CreatingTicket)]
    [InlineData(DeliveryPoint.TicketReceived)]
    [InlineData(DeliveryPoint.SigningIn)]
    [InlineData(DeliveryPoint.SignedIn)]
    public async Task A_delivery_on_the_server_that_completes_after_another_process_signed_out_brings_nothing_back(DeliveryPoint point)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(SessionPlace.Server));
        await using var farm = await DeliverySite.StartFarmAsync(setup => Configure(setup, stop, sessions));
        var browser = farm.First.Browser();
        var callback = await browser.ConsentAsync();
        var late = await stop.DeliverAsync(farm.First, browser, callback);
        var there = browser.Copy(farm.Second);
        there.Receive(await there.ComeBackAsync(callback));
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
    public async Task A_delivery_that_comes_after_the_sign_out_writes_no_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await DeliverySite.StartAsync(sessions.Configure);
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        var again = browser.Copy();
        browser.Receive(await browser.ComeBackAsync(callback));
        await browser.GetAsync("/sign-out");

        var answer = await again.ComeBackAsync(callback);

        AssertWritesNoSession(answer);
        again.Receive(answer);
        Assert.False((await again.SessionAsync()).SignedIn);
        Assert.Equal(1, site.TokenRequests());
        Assert.Empty(sessions.Entries);
        Assert.Single(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Points))]
    public async Task A_delivery_that_completes_after_a_later_sign_in_leaves_its_cookie_alone(DeliveryPoint point, SessionPlace place)
    {
        var (stop, sessions) = (new DeliveryStop(point), new SessionStorage(place));
        await using var site = await DeliverySite.StartAsync(setup => Configure(setup, stop, sessions));
        var (browser, late) = await DeliverWithALateOneAsync(site, stop);

        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);
        stop.Release();
        var answer = await late;

        Assert.Null(answer.SessionCookie);
        browser.Receive(answer);
        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_delivery_that_comes_after_a_later_sign_in_leaves_its_cookie_alone(SessionPlace place)
    {
        await using var site = await DeliverySite.StartAsync(new SessionStorage(place).Configure);
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        var again = browser.Copy();
        browser.Receive(await browser.ComeBackAsync(callback));
        await browser.SignInAsync();
        var session = await site.AssertLiveAsync(browser);

        var answer = await again.ComeBackAsync(callback);

        Assert.Null(answer.SessionCookie);
        browser.Receive(answer);
        Assert.Equal(session.SessionId(), (await site.AssertLiveAsync(browser)).SessionId());
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_a_minute_finds_no_outcome()
    {
        await using var site = await DeliverySite.StartAsync();
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        await browser.ComeBackAsync(callback);
        await site.PassAsync(TimeSpan.FromSeconds(61));

        var answer = await browser.ComeBackAsync(callback);

        Assert.Equal("invalid_grant", answer.Failure());
        Assert.Null(answer.SessionCookie);
        Assert.Equal(2, site.TokenRequests());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_delivery_after_the_uncollected_tokens_were_revoked_finds_no_outcome()
    {
        var stop = new DeliveryStop(DeliveryPoint.CreatingTicket);
        await using var site = await DeliverySite.StartAsync(stop.Configure);
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        await stop.AbortAsync(site, browser, callback);
        await site.PassUntilRevokedAsync();

        var answer = await browser.ComeBackAsync(callback);

        Assert.Equal("invalid_grant", answer.Failure());
        Assert.Null(answer.SessionCookie);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_reload_after_the_browser_received_the_response_is_no_part_of_the_sign_in(SessionPlace place)
    {
        await using var site = await DeliverySite.StartAsync(new SessionStorage(place).Configure);
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        browser.Receive(await browser.ComeBackAsync(callback));

        var answer = await browser.ComeBackAsync(callback);

        Assert.Equal("correlation_failed", answer.Failure());
        Assert.Null(answer.SessionCookie);
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.TokenRequests());
    }

    private static void Configure(LifetimeSetup setup, DeliveryStop stop, SessionStorage sessions)
    {
        stop.Configure(setup);
        sessions.Configure(setup);
    }

    // The browser has the response of the second delivery, while the first waits.
    private static async Task<(LifetimeBrowser Browser, Task<SiteAnswer> Late)> DeliverWithALateOneAsync(LifetimeSite site, DeliveryStop stop)
    {
        var browser = site.Browser();
        var callback = await browser.ConsentAsync();
        var late = await stop.DeliverAsync(site, browser, callback);
        browser.Receive(await browser.ComeBackAsync(callback));
        await site.AssertLiveAsync(browser);
        Assert.Equal(1, site.Emulator.Requests.Count(EmulatorEndpoint.Token));
        return (browser, late);
    }

    private static void AssertWritesNoSession(SiteAnswer answer)
        => Assert.DoesNotContain(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName && cookie.Value.Length > 0);
}
