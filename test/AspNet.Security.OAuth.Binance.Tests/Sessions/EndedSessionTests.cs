using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A copy of a session's cookie, after the sign-out. Without a revocation, which would end the session by itself when its tokens are due.
/// </summary>
public sealed class EndedSessionTests
{
    private static readonly TimeSpan _ticketLife = TimeSpan.FromHours(8);

    public static MatrixTheoryData<Pending, SessionPlace> LongerCookies
        => new([Pending.Slide, Pending.RefreshAndSlide, Pending.Renewal], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_kept_cookie_is_signed_out_until_its_ticket_ends(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup => Configure(setup, new SessionStorage(place)));
        var browser = await site.SignedInAsync();
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");

        foreach (var later in new[] { TimeSpan.Zero, TimeSpan.FromMinutes(11), TimeSpan.FromHours(1), TimeSpan.FromHours(6) })
        {
            site.Clock.Pass(later);
            Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
        }

        Assert.Equal(0, site.RefreshCalls);
    }

    // A key without a session is no session; the cookie handler leaves it in the browser.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_request_that_began_after_the_sign_out_deletes_the_cookie_that_holds_the_session(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup => Configure(setup, new SessionStorage(place)));
        var browser = await site.SignedInAsync();
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");

        var answer = await kept.GetAsync("/session");

        Assert.False(answer.Session.SignedIn);
        Assert.Equal(place is SessionPlace.Cookie, answer.DeletesSessionCookie);
        Assert.Equal(place is SessionPlace.Cookie, answer.SessionCookie is not null);
    }

    // The sign-out may bring an older cookie than the one whose response is still on its way, and that ends later.
    [Theory]
    [MemberData(nameof(LongerCookies))]
    public async Task A_longer_cookie_that_was_written_before_the_sign_out_and_arrives_after_it_is_signed_out_until_it_ends(
        Pending pending, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Binance = options => options.RevokeOnSignOut = false;
            setup.Cookie = cookie => pending.Configure(cookie, place);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var longer = await browser.SendAsync("/slow");
        await browser.GetAsync("/sign-out");
        browser.Receive(longer);
        Assert.True(browser.HasSession);

        site.Clock.Pass(PendingSetup.TicketLife - TimeSpan.FromSeconds(1));

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Sign_outs_at_once_and_later_with_kept_cookies_make_one_revocation(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        var kept = browser.Copy();

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => browser.SendAsync("/sign-out")));
        await kept.SendAsync("/sign-out");
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        await kept.SendAsync("/sign-out");

        Assert.Single(site.Revocations);
        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_out_whose_browser_leaves_during_the_revocation_has_ended_the_session(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        using var leaving = new CancellationTokenSource();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendUntilAsync("/sign-out", leaving.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await leaving.CancelAsync();

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);

        // The in-memory server completes an aborted request when the site does.
        hold.Release();
        await Record.ExceptionAsync(() => signOut);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Another_process_knows_the_end_of_a_session_when_its_token_is_due(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        await browser.GetAsync("/sign-out");

        foreach (var later in new[] { LifetimeSite.TokenLifetime, TimeSpan.FromHours(6) })
        {
            farm.First.Clock.Pass(later);
            Assert.False((await there.SendAsync("/session")).Session.SignedIn);
        }

        Assert.Equal(0, farm.First.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_process_that_starts_after_the_sign_out_knows_the_end_of_a_session_when_its_token_is_due(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);

        await using var later = await farm.StartNeighbourAsync();

        Assert.False((await kept.Copy(later).SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_kept_cookie_of_a_stored_session_is_signed_out_in_another_process_at_once(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);

        await browser.GetAsync("/sign-out");

        Assert.False((await there.SendAsync("/session")).Session.SignedIn);
        Assert.Empty(sessions.Entries);
    }

    private static void Configure(LifetimeSetup setup, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = false;
        setup.Cookie = cookie => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_ticketLife, false);
        sessions.Configure(setup);
    }
}
