using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A copy of a session's cookie, after the sign-out. Without a revocation, because a revoked token would end the session at its next refresh.
/// </summary>
public sealed class EndedSessionTests
{
    private static readonly TimeSpan _ticketLife = TimeSpan.FromHours(8);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_copied_cookie_stays_signed_out_until_its_ticket_expires(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => Configure(setup, new SessionStorage(place)));
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

    // The cookie handler does not delete a key without an entry.
    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_request_after_the_sign_out_deletes_a_copied_cookie_that_holds_the_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => Configure(setup, new SessionStorage(place)));
        var browser = await site.SignedInAsync();
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");

        var response = await kept.GetAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Equal(place is SessionPlace.Cookie, response.DeletesSessionCookie);
        Assert.Equal(place is SessionPlace.Cookie, response.SessionCookie is not null);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Concurrent_and_later_sign_outs_make_one_revocation(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
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
    public async Task A_sign_out_aborted_during_the_revocation_ends_the_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        using var abort = new CancellationTokenSource();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var signOut = browser.SendUntilAsync("/sign-out", abort.Token);
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await abort.CancelAsync();

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);

        // The in-memory server completes an aborted request when the site does.
        hold.Release();
        await Record.ExceptionAsync(() => signOut);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Another_process_rejects_an_ended_session_when_its_token_is_due(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);
        await browser.GetAsync("/sign-out");

        foreach (var later in new[] { TestSite.TokenLifetime, TimeSpan.FromHours(6) })
        {
            farm.First.Clock.Pass(later);
            Assert.False((await there.SendAsync("/session")).Session.SignedIn);
        }

        Assert.Equal(0, farm.First.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_process_started_after_the_sign_out_rejects_the_ended_session_when_its_token_is_due(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");
        farm.First.Clock.Pass(TestSite.TokenLifetime);

        await using var later = await farm.StartNeighbourAsync();

        Assert.False((await kept.Copy(later).SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_copied_key_is_rejected_by_another_process_immediately(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, sessions));
        var browser = await farm.First.SignedInAsync();
        var there = browser.Copy(farm.Second);

        await browser.GetAsync("/sign-out");

        Assert.False((await there.SendAsync("/session")).Session.SignedIn);
        Assert.Empty(sessions.Entries);
    }

    private static void Configure(SiteSetup setup, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = false;
        setup.Cookie = cookie => (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (_ticketLife, false);
        sessions.Configure(setup);
    }
}
