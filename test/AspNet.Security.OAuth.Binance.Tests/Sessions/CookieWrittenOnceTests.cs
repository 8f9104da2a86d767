using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A response has at most one Set-Cookie of a name (RFC 6265 section 4.1.1), whatever the request does to the session, and a store keeps
/// only the session that the cookie names.
/// </summary>
public sealed class CookieWrittenOnceTests
{
    // The steps of a page, and the number of revocations: "in" signs in again with the session's own ticket, "new" with other tokens. Which
    // tokens a sign-out after "new" revokes is unspecified.
    private static readonly Dictionary<string, int?> _steps = new()
    {
        [""] = 0,
        ["in"] = 0,
        ["new"] = 0,
        ["out"] = 1,
        ["in,in"] = 0,
        ["in,new"] = 0,
        ["in,out"] = 1,
        ["new,in"] = 0,
        ["new,out"] = null,
        ["out,in"] = 0,
        ["out,new"] = 1,
        ["out,out"] = 1,
        ["in,out,in"] = 0,
        ["out,in,out"] = 1,
        ["new,out,new"] = null,
    };

    private static readonly Dictionary<string, (SessionPlace Place, Action<CookieAuthenticationOptions> Configure)> _cookies = new()
    {
        ["one cookie"] = (SessionPlace.Cookie, _ => { }),
        ["a cookie in parts"] = (SessionPlace.Cookie, cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 600 }),
        ["a cookie that each request renews"] = (SessionPlace.Cookie, Renew),
        ["a store"] = (SessionPlace.TicketStore, _ => { }),
        ["a store that each request renews"] = (SessionPlace.TicketStore, Renew),
        ["the server"] = (SessionPlace.Server, _ => { }),
        ["the server, with a persistent cookie"] = (SessionPlace.Server, CookieSites.Persist),
        ["the server that each request renews"] = (SessionPlace.Server, Renew),
    };

    /// <summary>What the page does, the kind of cookie, and the session's age: at 45 minutes the cookie slides, at 56 the tokens are due as well.</summary>
    public static MatrixTheoryData<string, string, int> Requests => new([.. _steps.Keys], [.. _cookies.Keys], [0, 45, 56]);

    public static MatrixTheoryData<string, string> FirstRequests => new(["new", "new,out", "new,new", "out", "out,new", "new,out,new"], [.. _cookies.Keys]);

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_writes_a_cookie_once_and_its_last_step_decides(string steps, string kind, int minutes)
    {
        var sessions = new SessionStorage(_cookies[kind].Place);
        await using var site = await StartAsync(kind, sessions);
        var browser = await site.SignedInWithTlsAsync();
        var before = sessions.Entries;
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        var response = await browser.GetAsync("/do?steps=" + steps);

        AssertWrittenOnce(response);
        Assert.Equal(minutes == 56 ? 1 : 0, site.RefreshCalls);
        Assert.Equal(_steps[steps] ?? site.Revocations.Count, site.Revocations.Count);
        if (steps.Length > 0)
        {
            Assert.Empty(sessions.Entries.Intersect(before));
        }

        await AssertLeftAsync(site, browser, sessions, signedIn: !steps.EndsWith("out", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(FirstRequests))]
    public async Task A_browser_s_first_request_writes_a_cookie_once_and_its_last_step_decides(string steps, string kind)
    {
        var sessions = new SessionStorage(_cookies[kind].Place);
        await using var site = await StartAsync(kind, sessions);
        var browser = site.BrowserWithTls();

        var response = await browser.GetAsync("/do?steps=" + steps);

        AssertWrittenOnce(response);
        await AssertLeftAsync(site, browser, sessions, signedIn: !steps.EndsWith("out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("one cookie", 0)]
    [InlineData("one cookie", 6)] // The callback comes with a cookie whose tokens are due.
    [InlineData("a cookie in parts", 6)]
    [InlineData("a store", 0)]
    [InlineData("a store", 6)]
    [InlineData("a store that each request renews", 6)]
    [InlineData("the server", 0)]
    [InlineData("the server", 6)]
    [InlineData("the server, with a persistent cookie", 6)]
    [InlineData("the server that each request renews", 6)]
    public async Task A_callback_over_a_session_writes_a_cookie_once_for_the_new_session(string kind, int minutes)
    {
        var sessions = new SessionStorage(_cookies[kind].Place);
        await using var site = await StartAsync(kind, sessions);
        site.Emulator.Options.CodeLifetime = TimeSpan.FromMinutes(10);
        var browser = await site.SignedInWithTlsAsync();
        var (before, entries) = (await browser.SessionAsync(), sessions.Entries);
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        var callback = await browser.ConsentAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var response = await browser.ReturnFromBinanceAsync(callback);

        AssertWrittenOnce(response);
        await AssertLeftAsync(site, browser, sessions, signedIn: true);
        Assert.NotEqual(before.RefreshToken, (await browser.SessionAsync()).RefreshToken);
        Assert.Empty(sessions.Entries.Intersect(entries));
        Assert.Empty(site.Revocations);
    }

    [Theory]
    [InlineData("one cookie", "new")]
    [InlineData("one cookie", "out")]
    [InlineData("one cookie", "out,new")]
    [InlineData("a cookie in parts", "new")]
    [InlineData("a store", "new")]
    [InlineData("a store", "out")]
    [InlineData("a store", "out,new")]
    [InlineData("the server", "new")]
    [InlineData("the server", "out")]
    [InlineData("the server", "out,new")]
    public async Task A_sign_in_or_sign_out_decides_although_the_refresh_of_its_request_is_refused(string kind, string steps)
    {
        var sessions = new SessionStorage(_cookies[kind].Place);
        await using var site = await StartAsync(kind, sessions);
        var browser = await site.SignedInWithTlsAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TimeSpan.FromMinutes(56));

        var response = await browser.GetAsync("/do?steps=" + steps);

        AssertWrittenOnce(response);
        await AssertLeftAsync(site, browser, sessions, signedIn: steps.EndsWith("new", StringComparison.Ordinal));
    }

    private static void AssertWrittenOnce(SiteResponse response)
    {
        var names = response.SetCookies.Select(cookie => cookie.Name.Value).ToArray();
        Assert.Equal(names.Distinct(), names);
    }

    private static async Task AssertLeftAsync(TestSite site, SiteBrowser browser, SessionStorage sessions, bool signedIn)
    {
        Assert.Equal(signedIn, browser.HasSessionCookie);
        if (sessions.IsStored)
        {
            await sessions.AssertHoldsAsync(site, signedIn ? [browser.SessionCookie.Value] : []);
        }

        var session = await browser.SessionAsync();
        Assert.Equal(signedIn, session.SignedIn);
        if (signedIn)
        {
            Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
            Assert.True(site.Emulator.Tokens.IsRefreshTokenLive(session.RefreshToken!));
        }
    }

    private static async Task<TestSite> StartAsync(string kind, SessionStorage sessions)
    {
        TestSite? site = null;
        site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie =>
            {
                cookie.ExpireTimeSpan = TimeSpan.FromMinutes(80);
                _cookies[kind].Configure(cookie);
            };
            setup.Pages["/do"] = async context =>
            {
                var session = await context.AuthenticateAsync();
                foreach (var step in context.Request.Query["steps"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    await (step switch
                    {
                        "in" => context.SignInAsync("Cookies", session.Principal!, session.Properties),
                        "new" => context.SignInAsync("Cookies", CookieSites.User("another"), site!.NewTicket()),
                        _ => context.SignOutAsync("Cookies"),
                    });
                }
            };
            sessions.Configure(setup);
        });
        return site;
    }

    private static void Renew(CookieAuthenticationOptions cookie) => cookie.Events.OnValidatePrincipal = context =>
    {
        context.ShouldRenew = true;
        return Task.CompletedTask;
    };
}
