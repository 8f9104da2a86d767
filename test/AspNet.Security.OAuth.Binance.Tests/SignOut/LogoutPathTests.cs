using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A request to the cookie's <c>LogoutPath</c> is a sign-out: its tokens are not refreshed while the access token is good.
/// </summary>
public sealed class LogoutPathTests
{
    public static MatrixTheoryData<string, SessionPlace> Paths
        => new(["/Account/Logout", "/account/logout", "/ACCOUNT/LOGOUT"], Enum.GetValues<SessionPlace>());

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Paths))]
    public async Task Sign_out_at_LogoutPath_revokes_a_good_token_without_a_refresh(string path, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup =>
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
    public async Task LogoutPath_can_be_set_by_the_application()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.LogoutPath = "/bye";
            setup.Pages["/bye"] = context => context.SignOutAsync("Cookies");
        });
        var (browser, session) = await site.DueAsync(expired: false);

        await browser.GetAsync("/bye");

        Assert.Equal(0, site.RefreshCalls);
        Assert.Equal([session.AccessToken!], site.Revoked());
    }

    // The branch removes the beginning of the path.
    [Fact(Timeout = 40_000)]
    public async Task Sign_out_at_LogoutPath_in_a_branch_of_the_pipeline_revokes_a_good_token_without_a_refresh()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Authentication = builder => builder.AddCookie("Second");
            setup.AfterAuthentication = app => app.Map("/Account", branch => branch.Run(async context =>
            {
                await context.AuthenticateAsync("Second");
                await context.SignOutAsync("Second");
            }));
        });
        var (browser, ticket) = (site.Browser(), site.NewTicket());
        await browser.AdoptAsync(ticket, "Second");
        site.Clock.Pass(StoreOutages.DueAge);

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Equal(0, site.RefreshCalls);
        Assert.Equal([ticket.GetTokenValue("access_token")!], site.Revoked());
    }

    [Fact(Timeout = 40_000)]
    public async Task Request_to_a_longer_path_refreshes()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, _) = await site.DueAsync(expired: false);

        await browser.GetAsync("/Account/LogoutHelp");

        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Sign_out_refreshes_an_expired_token_and_revokes_the_new_one(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(SignOutSite.Setup(place));
        var (browser, session) = await site.DueAsync(expired: true);

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Equal(1, site.RefreshCalls);
        Assert.NotEqual(session.AccessToken, Assert.Single(site.Revoked()));
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact(Timeout = 40_000)]
    public async Task Page_at_LogoutPath_that_does_not_sign_out_keeps_the_session()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, session) = await site.DueAsync(expired: false);

        var response = await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Null(response.SessionCookie);
        Assert.Equal(0, site.RefreshCalls);
        var next = await browser.SessionAsync();
        Assert.True(next.SignedIn);
        Assert.NotEqual(session.AccessToken, next.AccessToken);
    }
}
