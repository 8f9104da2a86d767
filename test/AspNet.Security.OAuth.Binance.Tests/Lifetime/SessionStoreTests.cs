using AspNet.Security.OAuth.Binance.Tests.Sessions;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A cookie that holds a key only, and the ticket in a store of the application's or on the server.
/// </summary>
public sealed class SessionStoreTests
{
    public static MatrixTheoryData<bool, SessionPlace> PersistentAndPlaces => new([false, true], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_refresh_renews_the_ticket_in_the_store_under_the_same_key_and_leaves_the_cookie_alone(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        var entry = Assert.Single(sessions.Entries);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answers = await browser.SendManyAsync(20);

        Assert.All(answers, answer => Assert.True(answer.Session.SignedIn));
        Assert.All(answers, answer => Assert.Null(answer.SessionCookie));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(entry, Assert.Single(sessions.Entries));
        var after = await browser.SessionAsync();
        Assert.True(site.Emulator.Tokens.IsLive(after.AccessToken!));
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
    }

    [Theory]
    [MemberData(nameof(PersistentAndPlaces))]
    public async Task A_stored_session_that_slides_in_the_same_request_slides_and_holds_the_new_tokens(bool persistent, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
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

        var answer = await browser.GetAsync("/session");
        var next = await browser.SessionAsync();

        var end = site.Clock.GetUtcNow() + TimeSpan.FromHours(8);
        Assert.Equal(end, next.Expires);
        Assert.Equal(Pending.RefreshAndSlide.IsInCookie(place, persistent), answer.SessionCookie is not null);
        Assert.Equal(persistent ? end : null, answer.SessionCookie?.Expires);
        Assert.True(site.Emulator.Tokens.IsLive(next.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_refused_refresh_removes_the_ticket_from_the_store(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var answer = await browser.GetAsync("/session");

        Assert.False(answer.Session.SignedIn);
        Assert.Equal(sessions.IsOnServer ? 0 : 1, answer.SetCookies.Count);
        Assert.Equal(!sessions.IsOnServer, answer.DeletesSessionCookie);
        Assert.Empty(sessions.Entries);
    }
}
