using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Attacks;

/// <summary>
/// An attacker who plants a session of their own in the victim's browser, and waits for the victim to sign in over it.
/// </summary>
public sealed class SessionFixationTests
{
    public static MatrixTheoryData<string, SessionPlace> WaysAndPlaces
        => new(["sign out first", "sign in twice"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_session_that_was_planted_before_the_sign_in_is_not_the_victim_s_afterwards(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var attacker = site.Browser();
        var victim = site.Browser();
        await attacker.SignInAsAsync(BinanceEmulatorDefaults.SecondUserId);

        victim.Jar.Add(attacker.SessionCookie);
        await victim.SignInAsAsync(BinanceEmulatorDefaults.UserId);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.NotEqual(attacker.Cookie(SiteResponse.CookieName), victim.Cookie(SiteResponse.CookieName));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_a_session_on_the_server_has_a_new_key_and_removes_the_old_one(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = CookieSites.Persist;
            sessions.Configure(setup);
        });
        var browser = site.Browser();
        await browser.SignInAsAsync(BinanceEmulatorDefaults.SecondUserId);
        var (before, cookie) = (Assert.Single(sessions.Entries), browser.SessionCookie);

        await browser.SignInAsAsync(BinanceEmulatorDefaults.UserId);

        Assert.NotEqual(before, Assert.Single(sessions.Entries));
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await browser.SessionAsync()).UserId);
        var after = browser.SessionCookie;
        Assert.Equal(cookie.Attributes, after.Attributes);
    }

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task The_application_s_own_sign_out_or_sign_in_restores_no_planted_key(string way, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Binance = options => options.Events.OnTicketReceived = context => way is "sign in twice"
                ? context.HttpContext.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, context.Principal!, context.Properties)
                : context.HttpContext.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            sessions.Configure(setup);
        });
        var attacker = site.Browser();
        var victim = site.Browser();
        await attacker.SignInAsAsync(BinanceEmulatorDefaults.SecondUserId);
        var planted = Assert.Single(sessions.Entries);

        victim.Jar.Add(attacker.SessionCookie);
        await victim.SignInAsAsync(BinanceEmulatorDefaults.UserId);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await victim.SessionAsync()).UserId);
        Assert.NotEqual(BinanceEmulatorDefaults.UserId, (await attacker.SessionAsync()).UserId);
        Assert.NotEqual(planted, Assert.Single(sessions.Entries));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task Another_provider_s_sign_in_over_a_stored_session_has_a_new_key_unless_the_application_has_its_own_store(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/page"] = context => context.SignInAsync(new(new System.Security.Claims.ClaimsIdentity("password")));
            sessions.Configure(setup);
        });
        var attacker = site.Browser();
        var victim = site.Browser();
        await attacker.SignInAsAsync(BinanceEmulatorDefaults.UserId);
        var before = Assert.Single(sessions.Entries);

        victim.Jar.Add(attacker.SessionCookie);
        await victim.GetAsync("/page");

        // A store of the application's own is left to the framework, which keeps the key.
        Assert.Equal(sessions.IsOnServer, before != Assert.Single(sessions.Entries));
        Assert.True((await victim.SessionAsync()).SignedIn);
        Assert.Equal(sessions.IsOnServer, !(await attacker.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_sign_in_over_another_user_s_session_keeps_no_data_of_that_user(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = site.Browser();
        await browser.SignInAsAsync(BinanceEmulatorDefaults.SecondUserId);
        var earlier = await browser.SessionAsync();

        await browser.SignInAsAsync(BinanceEmulatorDefaults.UserIdWithoutEmail);
        var session = await browser.SessionAsync();

        Assert.Equal(BinanceEmulatorDefaults.UserIdWithoutEmail, session.UserId);
        Assert.Empty(session.Claims.Select(claim => claim.Value).Intersect(earlier.Claims.Select(claim => claim.Value)));
        Assert.Empty(session.Tokens.Where(token => token.Key != "token_type").Select(token => token.Value)
            .Intersect(earlier.Tokens.Where(token => token.Key != "expires_at").Select(token => token.Value)));
    }
}
