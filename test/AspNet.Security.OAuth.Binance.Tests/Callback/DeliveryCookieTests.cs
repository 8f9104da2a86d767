using AspNet.Security.OAuth.Binance.Tests.Callback.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Callback;

/// <summary>
/// A sign-in that is delivered twice, with sessions in a store, on the server, in a temporary cookie, and without saved tokens.
/// </summary>
public sealed class DeliveryCookieTests
{
    public static MatrixTheoryData<bool, SessionPlace> StoredDeliveries => new([false, true], [SessionPlace.TicketStore, SessionPlace.Server]);

    public static MatrixTheoryData<bool, SessionPlace> Deliveries => new([false, true], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<bool, bool, SessionPlace> Registrations => new([false, true], [false, true], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(StoredDeliveries))]
    public async Task Sessions_in_a_store_live_whichever_response_arrives_last_and_end_together(bool firstArrivesLast, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await DeliverySite.StartAsync(sessions.Configure);
        var (browser, other) = (site.Browser(), site.Browser());

        var (first, second) = await site.DeliverTwiceAsync(browser);
        other.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);

        var (here, there) = (await site.AssertLiveAsync(browser), await site.AssertLiveAsync(other));
        Assert.Equal((here.SessionId(), here.AccessToken), (there.SessionId(), there.AccessToken));
        await browser.GetAsync("/sign-out");
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.True(sessions.Entries is [] || !sessions.IsOnServer);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sessions_on_the_server_end_together_in_every_process_at_once(bool firstArrivesLast)
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var farm = await DeliverySite.StartFarmAsync(sessions.Configure);
        var (browser, other) = (farm.First.Browser(), farm.First.Browser());
        var (first, second) = await farm.First.DeliverTwiceAsync(browser);
        other.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);
        var there = other.Copy(farm.Second);
        Assert.True((await there.SessionAsync()).SignedIn);

        await browser.GetAsync("/sign-out");

        Assert.False((await there.SessionAsync()).SignedIn);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Registrations))]
    public async Task A_temporary_cookie_is_registered_whichever_response_arrives_last(bool signOutFirst, bool firstArrivesLast, SessionPlace place)
    {
        var move = new TemporaryCookie(signOutFirst, NewProperties: false, RevokeOnSignOut: true);
        await using var site = await DeliverySite.StartAsync(setup => move.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = site.Browser();

        var (first, second) = await site.DeliverTwiceAsync(browser);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);
        await browser.GetAsync("/register");

        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
        Assert.Equal(1, site.TokenRequests());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_response_that_arrives_after_the_registration_does_not_change_the_session_or_its_token(SessionPlace place)
    {
        var move = new TemporaryCookie(SignOutFirst: false, NewProperties: false, RevokeOnSignOut: true);
        await using var site = await DeliverySite.StartAsync(setup => move.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = site.Browser();

        var (first, second) = await site.DeliverTwiceAsync(browser);
        browser.Receive(first);
        await browser.GetAsync("/register");
        browser.Receive(second);

        await site.AssertLiveAsync(browser);
        await site.PassAsync(TimeSpan.FromMinutes(2));
        await site.AssertLiveAsync(browser);
        Assert.Empty(site.Revocations);
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Deliveries))]
    public async Task Without_saved_tokens_both_deliveries_are_signed_in_and_no_token_is_revoked(bool firstArrivesLast, SessionPlace place)
    {
        await using var site = await DeliverySite.StartAsync(setup =>
        {
            setup.Binance = options => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false);
            new SessionStorage(place).Configure(setup);
        });
        var (browser, other) = (site.Browser(), site.Browser());

        var (first, second) = await site.DeliverTwiceAsync(browser);
        other.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? second : first);
        browser.Receive(firstArrivesLast ? first : second);

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.Null(session.AccessToken);
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.Equal((1, 1), (site.TokenRequests(), site.UserRequests()));
        await site.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(site.Revocations);
    }
}
