using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that takes the login in a temporary cookie first, and moves it to its own cookie when the user is registered. Signing
/// out of the temporary cookie is no sign-out of the session that got its tokens.
/// </summary>
public sealed class TemporaryCookieTests
{
    private static readonly TemporaryCookie _revoking = new(SignOutFirst: false, NewProperties: false, RevokeOnSignOut: true);

    public static MatrixTheoryData<bool, bool, SessionPlace, bool> Cases
        => new([false, true], [false, true], Enum.GetValues<SessionPlace>(), [false, true]);

    public static MatrixTheoryData<bool, SessionPlace> PropertiesAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task The_session_lives_here_and_in_another_process_and_is_refreshed(
        bool signOutFirst, bool newProperties, SessionPlace place, bool revoke)
    {
        var (move, sessions) = (new TemporaryCookie(signOutFirst, newProperties, revoke), TemporaryCookie.Sessions(place));
        await using var farm = await Farm.StartAsync(setup => move.Configure(setup, sessions));
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        Assert.True(browser.HasCookie(TemporaryCookie.Name));

        var answer = await browser.GetAsync("/register");

        Assert.Single(answer.SetCookies, cookie => cookie.Name.Value == SiteAnswer.CookieName);
        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        await AssertLiveAsync(site, browser);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Empty(site.Revocations);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_sign_out_of_the_session_ends_it_and_revokes(bool signOutFirst, bool newProperties, SessionPlace place, bool revoke)
    {
        var (move, sessions) = (new TemporaryCookie(signOutFirst, newProperties, revoke), TemporaryCookie.Sessions(place));
        await using var site = await LifetimeSite.StartAsync(setup => move.Configure(setup, sessions));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register");
        var kept = browser.Copy();

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSession);
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
        await using var site = await LifetimeSite.StartAsync(setup => move.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.WithExpiredTokenAsync();

        await browser.GetAsync("/register");
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(PropertiesAndPlaces))]
    public async Task Registrations_at_once_keep_the_token(bool newProperties, SessionPlace place)
    {
        var (first, second) = (new SlowPage(), new SlowPage());
        var move = new TemporaryCookie(SignOutFirst: false, newProperties, RevokeOnSignOut: true);
        await using var site = await LifetimeSite.StartAsync(setup =>
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
    public async Task A_temporary_cookie_that_a_later_request_signs_out_of_leaves_the_token_to_the_session(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup => _revoking.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/register-only");

        await browser.GetAsync("/sign-out?cookie=Temporary");

        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_registration_that_is_abandoned_revokes_the_token(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup => _revoking.Configure(setup, TemporaryCookie.Sessions(place)));
        var browser = await site.SignedInAsync();

        await browser.GetAsync("/sign-out?cookie=Temporary");

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Theory]
    [MemberData(nameof(PropertiesAndPlaces))]
    public async Task A_session_that_gets_no_tokens_leaves_nobody_who_holds_them_and_they_are_revoked(bool signOutFirst, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
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
    public async Task A_temporary_session_on_the_server_moves_to_a_session_on_the_server(bool signOutFirst)
    {
        var (move, sessions) = (_revoking with { SignOutFirst = signOutFirst }, new SessionStorage(SessionPlace.Server, "Cookies", "Temporary"));
        await using var farm = await Farm.StartAsync(setup => move.Configure(setup, sessions));
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        Assert.Single(sessions.Entries);

        await browser.GetAsync("/register");

        Assert.False(browser.HasCookie(TemporaryCookie.Name));
        await sessions.AssertHoldsAsync(site, browser.Cookie(SiteAnswer.CookieName));
        Assert.Empty(site.Revocations);
        await AssertLiveAsync(site, browser.Copy(farm.Second));
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        await AssertLiveAsync(site, browser);
        Assert.Equal(1, site.RefreshCalls);
        await browser.GetAsync("/sign-out");
        Assert.Single(site.Revocations);
        Assert.Empty(sessions.Entries);
    }

    private static async Task AssertLiveAsync(LifetimeSite site, LifetimeBrowser browser)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
    }
}
