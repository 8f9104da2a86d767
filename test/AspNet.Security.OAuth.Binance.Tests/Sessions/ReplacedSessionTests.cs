using AspNet.Security.OAuth.Binance.Emulator;

using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A user signs in over the session of another, in another tab, while a request of the first session is in progress.
/// </summary>
public sealed class ReplacedSessionTests
{
    /// <summary>Which request of the second sign-in carries the cookie of the first session.</summary>
    public enum CookieSentWith
    {
        /// <summary>The challenge and the callback.</summary>
        Both,

        /// <summary>The challenge alone: a cookie that is <c>SameSite=Strict</c> is not sent when Binance sends the browser back.</summary>
        Challenge,

        /// <summary>The callback alone: the page that challenges is outside of the cookie's path.</summary>
        Callback,
    }

    public static MatrixTheoryData<Pending, CookieSentWith, SessionPlace> Cases
        => new(Enum.GetValues<Pending>(), Enum.GetValues<CookieSentWith>(), Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<CookieSentWith, SessionPlace> SentAndPlaces => new(Enum.GetValues<CookieSentWith>(), Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_slow_response_of_the_replaced_session_does_not_change_the_new_user_s_session(Pending pending, CookieSentWith sent, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await StartAsync(page, pending, sent, sessions);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser, "/app/slow");
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var replaced = browser.Copy();
        await browser.SignInAsync();

        page.Respond();
        var late = await slow;
        browser.Receive(late);

        Assert.Null(late.SessionCookie);
        await AssertIsAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        if (sessions.IsOnServer)
        {
            Assert.False((await replaced.GetAsync("/app/session")).Session.SignedIn);
            await sessions.AssertHoldsAsync(site, browser.Cookie(SiteResponse.CookieName));
        }

        site.Clock.Pass(TestSite.TokenLifetime);
        var refreshed = await AssertIsAsync(browser, BinanceEmulatorDefaults.SecondUserId);
        Assert.True(site.Emulator.Tokens.IsLive(refreshed.AccessToken!));
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_slow_response_keeps_the_scopes_that_the_user_has_added(Pending pending, CookieSentWith sent, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await StartAsync(page, pending, sent, sessions);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser, "/app/slow");
        await browser.SignInAsync(login: "/more");

        page.Respond();
        var late = await slow;
        browser.Receive(late);

        Assert.Null(late.SessionCookie);
        var session = await AssertIsAsync(browser, BinanceEmulatorDefaults.UserId);
        var token = Assert.Single(site.Emulator.Tokens.AccessTokens, token => token.Value == session.AccessToken);
        Assert.Contains(BinanceAuthenticationConstants.Scopes.Email, token.Scopes);
    }

    [Theory]
    [MemberData(nameof(SentAndPlaces))]
    public async Task A_slow_response_after_the_new_user_s_sign_out_restores_no_session(CookieSentWith sent, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var site = await StartAsync(page, Pending.Refresh, sent, sessions);
        var browser = await site.SignedInAsync();
        site.Clock.Pass(Pending.Refresh.Age());
        var slow = await page.OpenAsync(browser, "/app/slow");
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        await browser.SignInAsync();
        await browser.GetAsync("/app/sign-out");

        page.Respond();
        browser.Receive(await slow);

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.GetAsync("/app/session")).Session.SignedIn);
    }

    private static async Task<TestSite> StartAsync(SlowPage page, Pending pending, CookieSentWith sent, SessionStorage sessions)
    {
        var site = await TestSite.StartAsync(setup => Configure(setup, page, pending, sent, sessions));
        site.Emulator.Clients.Add(new()
        {
            ClientId = "app-client",
            ClientSecret = "app-secret",
            RedirectUris = ["http://localhost/app/signin-binance"],
        });
        return site;
    }

    private static void Configure(SiteSetup setup, SlowPage page, Pending pending, CookieSentWith sent, SessionStorage sessions)
    {
        setup.Cookie = cookie =>
        {
            pending.Configure(cookie, sessions.Place);
            cookie.Cookie.SameSite = sent is CookieSentWith.Challenge ? SameSiteMode.Strict : SameSiteMode.Lax;
            cookie.Cookie.Path = sent is CookieSentWith.Callback ? "/app" : "/";
        };
        setup.Binance = options =>
        {
            if (sent is CookieSentWith.Callback)
            {
                // The emulator's preset client has its callback at the root.
                (options.ClientId, options.ClientSecret, options.CallbackPath) = ("app-client", "app-secret", "/app/signin-binance");
            }
        };
        setup.Pages["/app/slow"] = page.ServeAsync;
        setup.Pages["/app/session"] = async context
            => await context.Response.WriteAsJsonAsync(SiteSession.Of(await context.AuthenticateAsync()), context.RequestAborted);
        setup.Pages["/app/sign-out"] = context => context.SignOutAsync();
        setup.Pages["/more"] = context => context.ChallengeAsync("Binance", new BinanceChallengeProperties
        {
            RedirectUri = "/",
            Scope = [BinanceAuthenticationConstants.Scopes.OpenId, BinanceAuthenticationConstants.Scopes.Email],
        });
        sessions.Configure(setup);
    }

    private static async Task<SiteSession> AssertIsAsync(SiteBrowser browser, string userId)
    {
        var session = (await browser.GetAsync("/app/session")).Session;
        Assert.True(session.SignedIn);
        Assert.Equal(userId, session.UserId);
        return session;
    }
}
