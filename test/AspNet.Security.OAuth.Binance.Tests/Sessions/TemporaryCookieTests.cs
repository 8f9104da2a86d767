using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that signs in to a temporary cookie first, and moves the login to its own cookie when the user is registered. The
/// sign-out of the temporary cookie does not end the session that has its tokens.
/// </summary>
public sealed class TemporaryCookieTests
{
    private static readonly TemporaryCookie _revoking = new(SignOutFirst: false, NewProperties: false, RevokeOnSignOut: true);

    public static MatrixTheoryData<bool, bool, SessionPlace, bool> Cases
        => new([false, true], [false, true], Enum.GetValues<SessionPlace>(), [false, true]);

    public static MatrixTheoryData<bool, SessionPlace> PropertiesAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_moved_session_is_live_and_refreshed_in_both_processes(
        bool signOutFirst, bool newProperties, SessionPlace place, bool revoke)
    {
        var (move, sessions) = (new TemporaryCookie(signOutFirst, newProperties, revoke), TemporaryCookie.Sessions(place));
        await using var farm = await Farm.StartAsync(setup => move.Configure(setup, sessions));
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        Assert.True(browser.HasCookie(TemporaryCookie.Name));

        var response = await browser.GetAsync("/register");

        Assert.Single(response.SetCookies, cookie => cookie.Name.Value == SiteResponse.CookieName);
        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        await AssertLiveAsync(site, browser);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Empty(site.Revocations);
        site.Clock.Pass(TestSite.TokenLifetime);
        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TestSite.TokenLifetime);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sign_out_ends_the_moved_session_and_revokes_its_token(bool signOutFirst, bool newProperties, SessionPlace place, bool revoke)
    {
        var (move, sessions) = (new TemporaryCookie(signOutFirst, newProperties, revoke), TemporaryCookie.Sessions(place));
        await using var site = await TestSite.StartAsync(setup => move.Configure(setup, sessions));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register");
        var kept = browser.Copy();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(revoke ? 1 : 0, site.Revocations.Count);
        Assert.Equal(revoke ? 0 : 1, site.Emulator.Tokens.AccessTokens.Count);
        Assert.False((await kept.SessionAsync()).SignedIn);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(PropertiesAndPlaces))]
    public async Task A_registration_that_takes_until_the_token_is_due_makes_one_refresh(bool newProperties, SessionPlace place)
    {
        var move = new TemporaryCookie(SignOutFirst: false, newProperties, RevokeOnSignOut: true);
        await using var site = await TestSite.StartAsync(setup => move.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/register");
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(PropertiesAndPlaces))]
    public async Task Concurrent_registrations_keep_the_token(bool newProperties, SessionPlace place)
    {
        var (first, second) = (new SlowPage(), new SlowPage());
        var move = new TemporaryCookie(SignOutFirst: false, newProperties, RevokeOnSignOut: true);
        await using var site = await TestSite.StartAsync(setup =>
        {
            move.Configure(setup, TemporaryCookie.Sessions(place));
            foreach (var (path, page) in new[] { ("/first", first), ("/second", second) })
            {
                setup.Pages[path] = async context =>
                {
                    await context.AuthenticateAsync("Temporary");
                    await page.WaitAsync();
                    await setup.Pages["/register"](context);
                };
            }
        });
        var browser = await site.SignedInAsync();
        var (one, other) = (await first.OpenAsync(browser, "/first"), await second.OpenAsync(browser, "/second"));

        first.Respond();
        browser.Receive(await one);
        second.Respond();
        browser.Receive(await other);

        await AssertLiveAsync(site, browser);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_later_sign_out_of_the_temporary_cookie_does_not_revoke_the_session_s_token(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => _revoking.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register-only");

        await browser.GetAsync("/sign-out?scheme=Temporary");

        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_registration_that_is_abandoned_revokes_the_token(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => _revoking.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/sign-out?scheme=Temporary");

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [MemberData(nameof(PropertiesAndPlaces))]
    public async Task Tokens_that_no_session_keeps_are_revoked(bool signOutFirst, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            _revoking.Configure(setup, TemporaryCookie.Sessions(place));
            setup.Pages["/register"] = context => TemporaryCookie.MoveAsync(context, signOutFirst, _ => new AuthenticationProperties());
        });
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/register");

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_temporary_server_session_moves_to_another_server_session(bool signOutFirst)
    {
        var (move, sessions) = (_revoking with { SignOutFirst = signOutFirst }, new SessionStorage(SessionPlace.Server, "Cookies", "Temporary"));
        await using var farm = await Farm.StartAsync(setup => move.Configure(setup, sessions));
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        Assert.Single(sessions.Entries);

        await browser.GetAsync("/register");

        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        site.Clock.Pass(TestSite.TokenLifetime);
        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        await browser.GetAsync("/sign-out");
        Assert.Single(site.Revocations);
        Assert.Empty(sessions.Entries);
    }

    private static async Task AssertLiveAsync(TestSite site, SiteBrowser browser)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
    }
}
