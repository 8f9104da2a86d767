using System.Security.Claims;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// Outcomes of refreshes and ended sessions are kept for ten minutes. A request that takes longer writes no pending change; an explicit
/// sign-in or sign-out is always written.
/// </summary>
public sealed class LatePendingTests
{
    public static MatrixTheoryData<Pending, SessionPlace> PendingAndPlaces => new(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<bool, SessionPlace> DueAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(PendingAndPlaces))]
    public async Task A_change_that_is_pending_for_nine_minutes_is_written(Pending pending, SessionPlace place)
    {
        var (response, slid, refreshed) = await RespondAfterAsync(pending, place, TimeSpan.FromMinutes(9));

        var cookies = response.SetCookies.Count(cookie => cookie.Name.Value == SiteResponse.CookieName);
        Assert.Equal(pending.IsInCookie(place, persistent: true) ? 1 : 0, cookies);
        Assert.False(response.DeletesSessionCookie);
        Assert.Equal(pending is not Pending.Refresh, slid);
        Assert.Equal(pending is Pending.Refresh or Pending.RefreshAndSlide, refreshed);
    }

    // New tokens are stored immediately; a cookie is written with its response.
    [Theory]
    [MemberData(nameof(PendingAndPlaces))]
    public async Task A_change_that_is_pending_for_more_than_ten_minutes_is_not_written(Pending pending, SessionPlace place)
    {
        var (response, slid, refreshed) = await RespondAfterAsync(pending, place, TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));

        Assert.Null(response.SessionCookie);
        Assert.False(slid);
        Assert.Equal(place is not SessionPlace.Cookie && pending is Pending.Refresh or Pending.RefreshAndSlide, refreshed);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_in_after_eleven_minutes_signs_in(SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/slow"] = async context =>
            {
                await page.WaitAsync();
                await context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, "somebody else")], "test")));
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        Assert.Equal("somebody else", (await browser.SessionAsync()).UserId);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_page_that_signs_the_user_in_again_after_eleven_minutes_keeps_the_tokens_that_its_request_refreshed(SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/slow"] = async context =>
            {
                await page.WaitAsync();
                var session = await context.AuthenticateAsync();
                await context.SignInAsync(session.Principal!, session.Properties);
            };
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.WithExpiredTokenAsync();

        await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(DueAndPlaces))]
    public async Task A_page_that_signs_out_after_eleven_minutes_signs_out_and_revokes(bool due, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/slow"] = async context =>
            {
                await page.WaitAsync();
                await context.SignOutAsync();
            };
            sessions.Configure(setup);
        });
        var browser = due ? await site.WithExpiredTokenAsync() : await site.SignedInAsync();

        var response = await RespondAfterAsync(site, page, browser, TimeSpan.FromMinutes(11));

        Assert.True(response.DeletesSessionCookie);
        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(sessions.Entries);
    }

    /// <summary>Lets a request wait in its page for a time.</summary>
    /// <returns>The response, and whether the session, wherever it is, has new times and new tokens afterwards.</returns>
    private static async Task<(SiteResponse Response, bool Slid, bool Refreshed)> RespondAfterAsync(Pending pending, SessionPlace place, TimeSpan time)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = options => pending.Configure(options, place);
            setup.Pages["/slow"] = page.ServeAsync;
            sessions.Configure(setup);
        });
        var browser = await site.SignedInAsync();
        var before = await TicketAsync();
        site.Clock.Pass(pending.Age());
        var response = await RespondAfterAsync(site, page, browser, time);
        var after = await TicketAsync();
        return (response, before.ExpiresUtc != after.ExpiresUtc, before.GetTokenExpiry() != after.GetTokenExpiry());

        async Task<AuthenticationProperties> TicketAsync() => (await sessions.TicketAsync(site, browser.Cookie(SiteResponse.CookieName))).Properties;
    }

    private static async Task<SiteResponse> RespondAfterAsync(TestSite site, SlowPage page, SiteBrowser browser, TimeSpan time)
    {
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(time);
        page.Respond();
        var response = await slow;
        browser.Receive(response);
        return response;
    }
}
