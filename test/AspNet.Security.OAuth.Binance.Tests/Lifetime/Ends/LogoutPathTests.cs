using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A request to the cookie's <c>LogoutPath</c> signs out: nothing is refreshed for it while the access token lives.
/// </summary>
public sealed class LogoutPathTests
{
    public static MatrixTheoryData<string, SessionPlace> Paths
        => new(["/Account/Logout", "/account/logout", "/ACCOUNT/LOGOUT"], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Paths))]
    public async Task A_living_token_is_revoked_without_a_refresh(string path, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Pages[path] = context => context.SignOutAsync("Cookies");
            new SessionStorage(place).Configure(setup);
        });
        var (browser, session) = await site.DueAsync(expired: false);

        await browser.GetAsync(path);

        Assert.Equal(0, site.RefreshCalls);
        Assert.Equal([session.AccessToken!], site.Revoked());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 40_000)]
    public async Task The_path_is_the_one_that_the_application_has_set()
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.LogoutPath = "/bye";
            setup.Pages["/bye"] = context => context.SignOutAsync("Cookies");
        });
        var (browser, session) = await site.DueAsync(expired: false);

        await browser.GetAsync("/bye");

        Assert.Equal(0, site.RefreshCalls);
        Assert.Equal([session.AccessToken!], site.Revoked());
    }

    [Fact(Timeout = 40_000)]
    public async Task A_path_that_only_begins_likewise_refreshes()
    {
        await using var site = await LifetimeSite.StartAsync();
        var (browser, _) = await site.DueAsync(expired: false);

        await browser.GetAsync("/Account/LogoutHelp");

        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task An_expired_token_is_refreshed_for_the_revocation_and_what_that_brings_is_revoked(SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.AddLogout();
            new SessionStorage(place).Configure(setup);
        });
        var (browser, session) = await site.DueAsync(expired: true);

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Equal(1, site.RefreshCalls);
        Assert.NotEqual(session.AccessToken, Assert.Single(site.Revoked()));
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_page_at_that_path_that_signs_nobody_out_leaves_the_session_as_it_is()
    {
        await using var site = await LifetimeSite.StartAsync();
        var (browser, session) = await site.DueAsync(expired: false);

        var answer = await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Null(answer.SessionCookie);
        Assert.Equal(0, site.RefreshCalls);
        var next = await browser.SessionAsync();
        Assert.True(next.SignedIn);
        Assert.NotEqual(session.AccessToken, next.AccessToken);
    }
}
