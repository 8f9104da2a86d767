using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A request with pending changes overlaps the sign-out of its session. Neither the cookie nor the stored session is restored.
/// </summary>
public sealed class SignOutOverlapTests
{
    private static readonly int[] _minutes = [0, 9, 11];

    public static MatrixTheoryData<Pending, SessionPlace, int> Cases => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>(), _minutes);

    public static MatrixTheoryData<SessionPlace, int> PlacesAndMinutes => new(Enum.GetValues<SessionPlace>(), [0, 11]);

    public static MatrixTheoryData<Pending, SessionPlace> PendingAndPlaces => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public Task A_slow_request_does_not_restore_the_signed_out_session(Pending pending, SessionPlace place, int minutes)
        => AssertStaysSignedOutAsync(pending, place, pending.Age(), minutes, page => page.ServeAsync);

    [Theory]
    [MemberData(nameof(PlacesAndMinutes))]
    public Task A_page_that_signs_in_with_the_old_ticket_does_not_restore_the_signed_out_session(SessionPlace place, int minutes)
        => AssertStaysSignedOutAsync(Pending.Refresh, place, TimeSpan.Zero, minutes, page => page.SignInAgainAsync);

    [Theory]
    [MemberData(nameof(PendingAndPlaces))]
    public async Task A_slow_request_does_not_restore_a_session_that_another_process_signed_out(Pending pending, SessionPlace place)
    {
        foreach (var minutes in _minutes)
        {
            var (page, sessions) = (new SlowPage(), new SessionStorage(place));
            await using var farm = await Farm.StartAsync(setup => Configure(setup, pending, sessions, page.ServeAsync));
            var (browser, slow) = await page.OpenAtAgeAsync(farm.First, pending.Age());
            var there = browser.Copy(farm.Second);
            await there.GetAsync("/sign-out");
            farm.First.Clock.Pass(TimeSpan.FromMinutes(minutes));

            page.Respond();
            var late = await slow;
            there.Receive(late);

            Assert.Null(late.SessionCookie);
            Assert.False(there.HasSessionCookie);
            Assert.Empty(sessions.Entries);
        }
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_in_with_the_old_ticket_does_not_restore_a_session_that_another_process_signed_out(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup => Configure(setup, Pending.Refresh, sessions, page.SignInAgainAsync));
        var browser = await farm.First.SignedInAsync();
        var slow = await page.OpenAsync(browser);

        var there = await page.SignOutElsewhereAsync(browser, farm.Second, slow);

        Assert.False(there.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_out_and_in_again_with_the_same_ticket_stays_signed_in(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            Configure(setup, Pending.Refresh, sessions);
            setup.Pages["/again"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                await context.SignOutAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
            };
        });
        var browser = await site.SignedInAsync();

        var response = await browser.GetAsync("/again");

        Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName);
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
    }

    // The user signs out while a request of this age of the session waits in the page, for so many minutes.
    private static async Task AssertStaysSignedOutAsync(
        Pending pending, SessionPlace place, TimeSpan age, int minutes, Func<SlowPage, RequestDelegate> serve)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup => Configure(setup, pending, sessions, serve(page)));
        var (browser, slow) = await page.OpenAtAgeAsync(site, age);
        var kept = browser.Copy();
        await browser.GetAsync("/sign-out");
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        page.Respond();
        var late = await slow;
        browser.Receive(late);

        Assert.Null(late.SessionCookie);
        Assert.False(browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    private static void Configure(SiteSetup setup, Pending pending, SessionStorage sessions, RequestDelegate slow)
    {
        setup.Pages["/slow"] = slow;
        Configure(setup, pending, sessions);
    }

    // Without a revocation, because a revoked token would end the session at its next refresh.
    private static void Configure(SiteSetup setup, Pending pending, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = false;
        setup.Cookie = cookie => pending.Configure(cookie, sessions.Place);
        sessions.Configure(setup);
    }
}
