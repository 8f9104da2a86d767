using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that rejects a user in <c>OnValidatePrincipal</c> and signs the user out, as the framework's documentation shows it: the
/// session's token is revoked, although the rejected session no longer authenticates the request.
/// </summary>
public sealed class CookieRejectedPrincipalTests
{
    private static readonly Func<HttpContext, Task> _signOut = context => context.SignOutAsync("Cookies");
    private static readonly Func<HttpContext, Task> _signOutOfTheScheme = context => context.SignOutAsync("Binance");
    private static readonly Func<HttpContext, Task> _nothing = _ => Task.CompletedTask;

    /// <summary>What the application does in its event, and what it does later in the page.</summary>
    private static readonly Dictionary<string, (Func<HttpContext, Task> Event, Func<HttpContext, Task> Page)> _ways = new()
    {
        ["inside the event"] = (_signOut, _nothing),
        ["later in the page"] = (_nothing, _signOut),
        ["in both"] = (_signOut, _signOut),
        ["twice inside the event"] = (context => TwiceAsync(context), _nothing),
        ["twice in the page"] = (_nothing, context => TwiceAsync(context)),
        ["inside the event, of the Binance scheme as well"] = (context => BothAsync(context), _nothing),
        ["in the page, of the Binance scheme as well"] = (_nothing, context => BothAsync(context)),
        ["of the scheme inside the event, of the cookie in the page"] = (_signOutOfTheScheme, _signOut),
    };

    /// <summary>Where the application signs out, the session's age in minutes (it is due at 55), and where the session is.</summary>
    public static MatrixTheoryData<string, int, SessionPlace> Ways => new([.. _ways.Keys], [0, 56], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<int, SessionPlace> AgesAndPlaces => new([0, 56], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ways))]
    public async Task The_token_of_a_user_who_is_rejected_and_signed_out_is_revoked_once(string way, int minutes, SessionPlace place)
    {
        var (rejects, sessions) = (false, new SessionStorage(place));
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = async context =>
            {
                if (rejects)
                {
                    context.RejectPrincipal();
                    await Task.Yield();
                    await _ways[way].Event(context.HttpContext);
                }
            };
            setup.Pages["/banned"] = context => _ways[way].Page(context);
            sessions.Configure(setup);
        });
        var browser = await site.SignedInWithTlsAsync();
        var token = (await browser.SessionAsync()).AccessToken!;
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));
        var copy = browser.Copy();

        rejects = true;
        var response = await browser.GetAsync("/banned");
        rejects = false;

        Assert.False(browser.HasSessionCookie);
        Assert.Single(response.SetCookies);
        Assert.Equal("Bearer " + token, Assert.Single(site.Revocations).Authorization);
        Assert.False(site.Emulator.Tokens.IsLive(token));
        Assert.Empty(sessions.Entries);
        Assert.Equal(0, site.RefreshCalls);

        // A copy of the cookie is rejected as well, and causes no second revocation.
        Assert.False((await copy.SessionAsync()).SignedIn);
        await copy.GetAsync("/sign-out");
        Assert.Single(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task The_newest_token_is_revoked_when_another_request_refreshed_meanwhile(SessionPlace place)
    {
        var rejects = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = RejectIf(() => rejects);
            setup.Pages["/banned"] = context => context.SignOutAsync("Cookies");
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        var newest = (await browser.SendAsync("/session")).Session.AccessToken;

        rejects = true;
        await browser.GetAsync("/banned");

        Assert.Equal("Bearer " + newest, Assert.Single(site.Revocations).Authorization);
        Assert.False(browser.HasSessionCookie);
    }

    [Theory]
    [MemberData(nameof(AgesAndPlaces))]
    public async Task A_rejection_without_a_sign_out_revokes_nothing_and_ends_nothing(int minutes, SessionPlace place)
    {
        var rejects = false;
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.Events.OnValidatePrincipal = RejectIf(() => rejects);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(minutes));

        rejects = true;
        Assert.False((await browser.SessionAsync()).SignedIn);
        rejects = false;

        Assert.Empty(site.Revocations);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static Func<CookieValidatePrincipalContext, Task> RejectIf(Func<bool> rejects) => context =>
    {
        if (rejects())
        {
            context.RejectPrincipal();
        }

        return Task.CompletedTask;
    };

    private static async Task TwiceAsync(HttpContext context)
    {
        await context.SignOutAsync("Cookies");
        await context.SignOutAsync("Cookies");
    }

    private static async Task BothAsync(HttpContext context)
    {
        await context.SignOutAsync("Binance");
        await context.SignOutAsync("Cookies");
    }
}
