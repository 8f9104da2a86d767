using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Attacks;

/// <summary>
/// An attacker who plants a session of their own in the victim's browser, and waits for the victim to sign in over it.
/// </summary>
public sealed class SessionFixationTests
{
    private const string SessionCookie = ".AspNetCore.Cookies";

    public static MatrixTheoryData<string, SessionPlace> WaysAndPlaces
        => new(["sign out first", "sign in twice"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_was_planted_before_the_sign_in_is_not_the_victim_s_afterwards(SessionPlace place)
    {
        await using var site = await EmulatedSite.StartAsync(sessions: new SessionStorage(place));
        var attacker = site.Browser();
        var victim = site.Browser();
        await site.SignInAsync(attacker, BinanceEmulatorDefaults.SecondUserId);

        victim.Cookies[SessionCookie] = attacker.Cookies[SessionCookie];
        await site.SignInAsync(victim);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.NotEqual(attacker.Cookies[SessionCookie].Value, victim.Cookies[SessionCookie].Value);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_new_sign_in_over_a_session_on_the_server_gives_it_a_new_key_and_leaves_no_other(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await EmulatedSite.StartAsync(cookie: CookieSites.Persist, sessions: sessions);
        var browser = site.Browser();
        await site.SignInAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        var (before, cookie) = (Assert.Single(sessions.Entries), browser.Cookies[SessionCookie]);

        await site.SignInAsync(browser);

        Assert.NotEqual(before, Assert.Single(sessions.Entries));
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await browser.SessionAsync()).UserId);
        var after = browser.Cookies[SessionCookie];
        Assert.Equal(
            (cookie.Expires, cookie.HttpOnly, cookie.SameSite, cookie.Path, cookie.Secure),
            (after.Expires, after.HttpOnly, after.SameSite, after.Path, after.Secure));
    }

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task An_application_s_own_sign_out_or_sign_in_on_the_way_brings_no_planted_key_back(string way, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await EmulatedSite.StartAsync(
            options => options.Events.OnTicketReceived = context => way is "sign in twice"
                ? context.HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!, context.Properties)
                : context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme),
            sessions: sessions);
        var attacker = site.Browser();
        var victim = site.Browser();
        await site.SignInAsync(attacker, BinanceEmulatorDefaults.SecondUserId);
        var planted = Assert.Single(sessions.Entries);

        victim.Cookies[SessionCookie] = attacker.Cookies[SessionCookie];
        await site.SignInAsync(victim);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.NotEqual(planted, Assert.Single(sessions.Entries));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Another_provider_s_sign_in_over_a_stored_session_has_a_new_key_where_the_application_has_no_store_of_its_own(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await EmulatedSite.StartAsync(
            page: context => context.SignInAsync(new(new System.Security.Claims.ClaimsIdentity("password"))), sessions: sessions);
        var attacker = site.Browser();
        var victim = site.Browser();
        await site.SignInAsync(attacker);
        var before = Assert.Single(sessions.Entries);

        victim.Cookies[SessionCookie] = attacker.Cookies[SessionCookie];
        using var answer = await victim.GetAsync("/page");

        // A store of the application's own is left to the framework, which keeps the key.
        Assert.Equal(sessions.IsOnServer, before != Assert.Single(sessions.Entries));
        Assert.True((await victim.SessionAsync()).SignedIn);
        Assert.Equal(sessions.IsOnServer, !(await attacker.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_another_user_s_session_leaves_nothing_of_that_user(SessionPlace place)
    {
        await using var site = await EmulatedSite.StartAsync(sessions: new SessionStorage(place));
        var browser = site.Browser();
        await site.SignInAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        var earlier = await browser.SessionAsync();

        await site.SignInAsync(browser, BinanceEmulatorDefaults.UserIdWithoutEmail);
        var session = await browser.SessionAsync();

        Assert.Equal(BinanceEmulatorDefaults.UserIdWithoutEmail, session.UserId);
        Assert.Empty(session.Claims.Select(claim => claim.Value).Intersect(earlier.Claims.Select(claim => claim.Value)));
        Assert.Empty(session.Tokens.Where(token => token.Key != "token_type").Select(token => token.Value)
            .Intersect(earlier.Tokens.Where(token => token.Key != "expires_at").Select(token => token.Value)));
    }
}
