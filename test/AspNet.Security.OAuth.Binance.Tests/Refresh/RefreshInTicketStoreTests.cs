using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The cookie holds only a key. The ticket is in the application's ticket store or in a server session.
/// </summary>
public sealed class RefreshInTicketStoreTests
{
    public static MatrixTheoryData<bool, SessionPlace> PersistentAndPlaces => new([false, true], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Refresh_renews_the_stored_ticket_under_its_key_and_sets_no_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        var entry = Assert.Single(sessions.Entries);
        site.Clock.Pass(TestSite.TokenLifetime);

        var responses = await browser.SendManyAsync(20);

        Assert.All(responses, response => Assert.True(response.Session.SignedIn));
        Assert.All(responses, response => Assert.Null(response.SessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(entry, Assert.Single(sessions.Entries));
        var after = await browser.SessionAsync();
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
    }

    [Theory]
    [MemberData(nameof(PersistentAndPlaces))]
    public async Task Stored_session_slides_and_gets_new_tokens_in_one_request(bool persistent, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
                cookie.Events.OnSigningIn = context => Task.FromResult(context.Properties.IsPersistent = persistent);
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromHours(5));

        var response = await browser.GetAsync("/session");
        var next = await browser.SessionAsync();

        var end = site.Clock.GetUtcNow() + TimeSpan.FromHours(8);
        Assert.Equal(end, next.Expires);
        Assert.Equal(Pending.RefreshAndSlide.IsInCookie(place, persistent), response.SessionCookie is not null);
        Assert.Equal(persistent ? end : null, response.SessionCookie?.Expires);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Refused_refresh_removes_the_stored_ticket(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        var response = await browser.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Equal(sessions.IsOnServer ? 0 : 1, response.SetCookies.Count);
        Assert.Equal(!sessions.IsOnServer, response.DeletesSessionCookie);
        Assert.Empty(sessions.Entries);
    }
}
