using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The cookie of a session that a sign-in in the same browser has replaced. It is never written again, and it is rejected: immediately if
/// it is a key, after ten minutes if it holds the session, so that concurrent requests finish as they began.
/// </summary>
public sealed class ReplacedCookieTests
{
    public static MatrixTheoryData<Pending, SessionPlace> Keys => new(Enum.GetValues<Pending>(), [SessionPlace.TicketStore, SessionPlace.Server]);

    public static MatrixTheoryData<Pending, SessionPlace> Cookies
        => new([Pending.Refresh, Pending.Slide, Pending.Renewal], Enum.GetValues<SessionPlace>());

    [Theory]
    [InlineData(Pending.Refresh)]
    [InlineData(Pending.Slide)]
    [InlineData(Pending.RefreshAndSlide)]
    [InlineData(Pending.Renewal)]
    public async Task The_replaced_cookie_is_signed_in_for_ten_minutes_and_not_written(Pending pending)
    {
        await using var site = await StartAsync(pending, SessionPlace.Cookie);
        var (browser, replaced) = await ReplaceAsync(site, pending);

        foreach (var minutes in new[] { 0, 5, 4 })
        {
            site.Clock.Pass(TimeSpan.FromMinutes(minutes));
            var response = await replaced.SendAsync("/slow");
            Assert.Equal("a page", response.Body);
            Assert.Null(response.SessionCookie);
            Assert.Equal(BinanceEmulatorDefaults.UserId, (await replaced.SendAsync("/session")).Session.UserId);
        }

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task The_key_of_a_replaced_session_is_rejected_immediately_and_not_written(Pending pending, SessionPlace place)
    {
        await using var site = await StartAsync(pending, place);
        var (browser, replaced) = await ReplaceAsync(site, pending);

        var response = await replaced.SendAsync("/session");

        Assert.False(response.Session.SignedIn);
        Assert.Null(response.SessionCookie);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Another_process_rejects_the_key_of_a_replaced_session_immediately(Pending pending, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Cookie = cookie => pending.Configure(cookie, place);
            sessions.Configure(setup);
        });

        var (browser, replaced) = await ReplaceAsync(farm.First, pending);

        Assert.False((await replaced.Copy(farm.Second).SendAsync("/session")).Session.SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.Copy(farm.Second).SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task The_replaced_cookie_is_rejected_after_ten_minutes(Pending pending, SessionPlace place)
    {
        await using var site = await StartAsync(pending, place);
        var (browser, replaced) = await ReplaceAsync(site, pending);

        site.Clock.Pass(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_replaced_cookie_is_rejected_as_soon_as_the_new_session_has_signed_out(SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Renewal, place);
        var (browser, replaced) = await ReplaceAsync(site, Pending.Renewal);

        await browser.GetAsync("/sign-out");

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_first_of_three_sessions_is_rejected_as_soon_as_the_third_has_signed_out(SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Renewal, place);
        var (browser, replaced) = await ReplaceAsync(site, Pending.Renewal);
        var second = browser.Copy();
        await browser.SignInAsync();

        await browser.GetAsync("/sign-out");

        Assert.False((await replaced.SendAsync("/session")).Session.SignedIn);
        Assert.False((await second.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_of_the_same_user_in_another_browser_is_not_replaced(SessionPlace place)
    {
        await using var site = await StartAsync(Pending.RefreshAndSlide, place);
        var elsewhere = await site.SignedInAsync();
        var browser = await site.SignedInAsync();
        await browser.SignInAsync();
        site.Clock.Pass(Pending.RefreshAndSlide.Age());

        var response = await elsewhere.GetAsync("/session");

        Assert.True(response.Session.SignedIn);
        Assert.Equal(Pending.RefreshAndSlide.IsInCookie(place, persistent: true), response.SessionCookie is not null);
        site.Clock.Pass(TimeSpan.FromMinutes(30));
        Assert.True((await elsewhere.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_a_session_revokes_neither_token(SessionPlace place)
    {
        await using var site = await StartAsync(Pending.Refresh, place);

        await ReplaceAsync(site, Pending.Renewal);

        Assert.Empty(site.Revocations);
        Assert.Equal(2, site.Emulator.Tokens.AccessTokens.Count);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_a_stored_session_leaves_one_entry_under_a_fresh_key(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var browser = await site.SignedInAsync();
        var before = Assert.Single(sessions.Entries);

        await browser.SignInAsync();

        Assert.NotEqual(before, Assert.Single(sessions.Entries));
        Assert.Contains(before, sessions.Removed);
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
    }

    private static Task<TestSite> StartAsync(Pending pending, SessionPlace place) => TestSite.StartAsync(setup =>
    {
        setup.Cookie = cookie => pending.Configure(cookie, place);
        new SessionStorage(place).Configure(setup);
    });

    /// <summary>A browser in which a second user has signed in over the first, and what it was before.</summary>
    private static async Task<(SiteBrowser Browser, SiteBrowser Replaced)> ReplaceAsync(TestSite site, Pending pending)
    {
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var replaced = browser.Copy();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
        return (browser, replaced);
    }
}
