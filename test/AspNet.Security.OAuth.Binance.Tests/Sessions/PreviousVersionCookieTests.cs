using System.Globalization;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A cookie that the previous version wrote, on a site below a path: its ticket has the scheme in the framework's item only, expiry times in
/// whole seconds, and no cookie options.
/// </summary>
public sealed class PreviousVersionCookieTests
{
    /// <summary>Whether the ticket has the id that a sign-in gave it, and whether a store holds it.</summary>
    public static MatrixTheoryData<bool, SessionPlace> Cookies => new([false, true], [SessionPlace.Cookie, SessionPlace.TicketStore]);

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task An_old_cookie_is_refreshed_in_place_and_deleted_by_a_sign_out(bool withId, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(sessions);
        var browser = await WithOldCookieAsync(site, withId);
        var before = browser.SessionCookie;

        for (var refresh = 1; refresh <= 2; refresh++)
        {
            site.Clock.Pass(TimeSpan.FromMinutes(56));
            var response = await browser.GetAsync("/site/session");
            Assert.True(response.Session.SignedIn);
            Assert.Equal(sessions.IsStored ? 0 : 1, response.SetCookies.Count);
            Assert.Equal("/site", browser.SessionCookie.Path);
            Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
            Assert.Equal(response.Session.AccessToken, (await browser.SessionAsync(below: "/site")).AccessToken);
            Assert.Equal(refresh, site.RefreshCalls);
        }

        var newest = (await browser.SessionAsync(below: "/site")).AccessToken;
        await browser.GetAsync("/site/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.Equal("Bearer " + newest, Assert.Single(site.Revocations).Authorization);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task An_old_cookie_with_fresh_tokens_is_not_rewritten_and_is_deleted_by_a_sign_out(bool withId, SessionPlace place)
    {
        await using var site = await StartAsync(new SessionStorage(place));
        var browser = await WithOldCookieAsync(site, withId);
        site.Clock.Pass(TimeSpan.FromMinutes(10));

        var response = await browser.GetAsync("/site/session");
        Assert.True(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
        Assert.Equal(0, site.RefreshCalls);

        await browser.GetAsync("/site/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Equal("Bearer " + response.Session.AccessToken, Assert.Single(site.Revocations).Authorization);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task An_old_cookie_slides_in_place(bool withId, SessionPlace place)
    {
        await using var site = await StartAsync(new SessionStorage(place), TimeSpan.FromMinutes(80));
        var browser = await WithOldCookieAsync(site, withId);
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync("/site/page");

        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.SessionAsync(below: "/site")).Expires);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task An_old_cookie_survives_a_lost_response(bool withId, SessionPlace place)
    {
        await using var site = await StartAsync(new SessionStorage(place));
        var browser = await WithOldCookieAsync(site, withId);
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        await browser.SendAsync("/site/session");
        site.Clock.Pass(TimeSpan.FromMinutes(9));

        Assert.True((await browser.SessionAsync(below: "/site")).SignedIn);

        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_of_an_old_cookie_is_not_signed_in_by_a_lost_refresh_after_the_sign_out(bool withId)
    {
        await using var site = await StartAsync(new SessionStorage(SessionPlace.Cookie));
        var browser = await WithOldCookieAsync(site, withId);
        var copy = browser.Copy();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        await browser.SendAsync("/site/session");

        await browser.GetAsync("/site" + SignOutSite.LogoutPath);

        Assert.False((await copy.SessionAsync(below: "/site")).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task An_old_cookie_is_deleted_when_its_refresh_is_refused(bool withId, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(sessions);
        var browser = await WithOldCookieAsync(site, withId);
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        Assert.False((await browser.SessionAsync(below: "/site")).SignedIn);

        Assert.False(browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task A_new_sign_in_replaces_an_old_cookie_and_adds_no_second_one(bool withId, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(sessions);
        var browser = await WithOldCookieAsync(site, withId);
        var old = (await browser.SessionAsync(below: "/site")).RefreshToken;

        await browser.SignInAsync(login: "/site/login");

        Assert.Equal("/site", browser.SessionCookie.Path);
        Assert.NotEqual(old, (await browser.SessionAsync(below: "/site")).RefreshToken);
        await sessions.AssertHoldsAsync(site, browser.SessionCookie.Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task With_server_sessions_an_old_cookie_is_anonymous_and_stays_until_a_sign_in_replaces_it(bool withId)
    {
        var sessions = new SessionStorage(SessionPlace.Server);
        await using var before = await StartAsync(new SessionStorage(SessionPlace.Cookie));
        await using var now = await before.StartNeighbourAsync(setup => Configure(setup, sessions));
        var browser = (await WithOldCookieAsync(before, withId)).At(now);
        var old = browser.SessionCookie;

        foreach (var minutes in new[] { 0, 56 })
        {
            before.Clock.Pass(TimeSpan.FromMinutes(minutes));
            var response = await browser.GetAsync("/site/session");
            Assert.False(response.Session.SignedIn);
            Assert.Empty(response.SetCookies);
        }

        Assert.Equal(old, browser.SessionCookie);
        await browser.SignInAsync(login: "/site/login");

        Assert.Equal("/site", browser.SessionCookie.Path);
        Assert.True((await browser.SessionAsync(below: "/site")).SignedIn);
        await sessions.AssertHoldsAsync(now, browser.SessionCookie.Value);
        Assert.Equal(0, before.RefreshCalls);
    }

    private static async Task<TestSite> StartAsync(SessionStorage sessions, TimeSpan? slides = null)
    {
        var site = await TestSite.StartAsync(setup => Configure(setup, sessions, slides));
        site.AllowCallbacks("https://localhost/site");
        return site;
    }

    private static void Configure(SiteSetup setup, SessionStorage sessions, TimeSpan? slides = null)
    {
        setup.UseBefore(app => app.UsePathBase("/site"));
        setup.AddLogout();
        setup.Cookie = cookie => cookie.ExpireTimeSpan = slides ?? cookie.ExpireTimeSpan;
        sessions.Configure(setup);
    }

    // Signs in, and rewrites the ticket as the previous version would have written it.
    private static async Task<SiteBrowser> WithOldCookieAsync(TestSite site, bool withId)
    {
        var browser = site.BrowserWithTls();
        await browser.SignInAsync(login: "/site/login");
        var cookie = browser.SessionCookie;
        if (site.CookieOptions().SessionStore is CookieTicketStore store)
        {
            var key = site.StoreKey(cookie.Value);
            store.Write(key, Old(store.Find(key)!, withId));
            return browser;
        }

        var value = site.CookieOptions().TicketDataFormat.Protect(Old(site.Ticket(cookie.Value), withId));
        browser.Jar.Replace(cookie, value);
        site.Secrets.AddCookies([new(cookie.Name, value)]);
        return browser;
    }

    // Keeps the framework's items, and the session's id if the previous version had one.
    private static AuthenticationTicket Old(AuthenticationTicket ticket, bool withId)
    {
        var properties = ticket.Properties;
        string[] kept = [".AuthScheme", ".TokenNames", ".redirect", ".issued", ".expires", ".persistent", ".refresh", .. withId ? [".bn"] : Array.Empty<string>()];
        foreach (var key in properties.Items.Keys.Where(key => !kept.Contains(key) && !key.StartsWith(".Token.", StringComparison.Ordinal)).ToArray())
        {
            properties.Items.Remove(key);
        }

        var expiresAt = DateTimeOffset.Parse(properties.GetTokenValue("expires_at")!, CultureInfo.InvariantCulture);
        properties.UpdateTokenValue("expires_at", expiresAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        return ticket;
    }
}
