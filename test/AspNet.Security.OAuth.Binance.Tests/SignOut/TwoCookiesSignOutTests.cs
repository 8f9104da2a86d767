using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A browser with two cookies: after the sign-out of one, the other one keeps its tokens, which may be the same.
/// </summary>
public sealed class TwoCookiesSignOutTests
{
    private const string Late = "late-access-token";

    private readonly TaskCompletionSource _signedOut = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_late_refresh_is_kept_for_the_other_cookie()
    {
        await using var farm = await Farm.StartAsync(setup => Configure(setup, Task.CompletedTask));
        var site = farm.First;
        var browser = await DueAsync(site);
        var there = browser.Copy(farm.Second);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);

        await there.GetWithinLogoutAsync(site.Clock);
        Assert.Empty(site.Revoked());
        hold.Release();
        browser.Receive(await page);

        Assert.Empty(site.Revoked());
        Assert.Equal(Late, (await browser.SessionAsync("Other")).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Other_cookie_gets_the_refreshed_token_during_the_sign_out()
    {
        var responds = new TaskCompletionSource();
        await using var site = await TestSite.StartAsync(setup => Configure(setup, responds.Task));
        var browser = await DueAsync(site);
        Assert.Equal(Late, (await browser.SessionAsync()).AccessToken);
        var signOut = browser.SendAsync("/slow-sign-out");
        await _signedOut.Task.WaitAsync(Stop);

        var session = await browser.SessionAsync("Other");

        responds.SetResult();
        await signOut;
        Assert.Equal(Late, session.AccessToken);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Revoked());
    }

    [Fact]
    public async Task Token_is_revoked_when_the_other_cookie_holds_another_one()
    {
        await using var site = await TestSite.StartAsync(setup => Configure(setup, Task.CompletedTask));
        var browser = await site.SignedInAsync();
        var session = await browser.SessionAsync();
        await browser.AdoptAsync(site.NewTicket(), "Other");

        await browser.GetAsync("/sign-out");

        Assert.Equal([session.AccessToken!], site.Revoked());
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync("Other")).AccessToken!));
    }

    [Fact]
    public async Task Token_that_the_other_cookie_may_hold_is_not_revoked_while_its_store_fails()
    {
        var store = new CookieTicketStore();
        await using var site = await TestSite.StartAsync(
            setup => setup.Authentication = builder => builder.AddCookie("Other", cookie => cookie.SessionStore = store));
        var (browser, ticket) = (site.Browser(), site.NewTicket());
        await browser.AdoptAsync(ticket.Clone(), "Other");
        await browser.AdoptAsync(ticket);
        store.BeforeRead = static () => throw new InvalidDataException("the store is unavailable");

        await browser.GetAsync("/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.Empty(site.Revocations);
    }

    // The sign-in to the other cookie writes the id of its session into the properties of both.
    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_late_refresh_is_revoked_after_a_sign_in_to_the_other_cookie_and_the_sign_out_of_both()
    {
        await using var site = await TestSite.StartAsync(setup =>
        {
            Configure(setup, Task.CompletedTask);
            setup.Pages[SignOutSite.LogoutPath] = async context =>
            {
                var session = await context.AuthenticateAsync("Cookies");
                await context.SignInAsync("Other", session.Principal!, session.Properties);
                await context.SignOutAsync("Other");
                await context.SignOutAsync("Cookies");
            };
            new SessionStorage(SessionPlace.TicketStore).Configure(setup);
        });
        var (browser, _) = await site.DueAsync(expired: false);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await browser.AbortRefreshAsync(hold);

        // The sign-in waits for the refresh.
        await browser.GetWithinAsync(site.Clock, StoreOutages.LongestWait + SignOutSite.RevocationTimeout, SignOutSite.LogoutPath);
        Assert.DoesNotContain(Late, site.Revoked());
        hold.Release();

        await site.UntilRevokedAsync(Late);
        Assert.Equal(1, site.RefreshCalls);
    }

    private void Configure(SiteSetup setup, Task responds)
    {
        setup.AddLogout();
        setup.Authentication = authentication => authentication.AddCookie("Other");
        setup.Pages["/both"] = async context =>
        {
            var session = await context.AuthenticateAsync("Cookies");
            await context.SignInAsync("Other", session.Principal!, session.Properties!.Clone());
        };
        setup.Pages["/slow-sign-out"] = async context =>
        {
            await context.SignOutAsync("Cookies");
            _signedOut.TrySetResult();
            await responds;
        };
    }

    // Both cookies hold the same tokens, which are good for four more minutes.
    private static async Task<SiteBrowser> DueAsync(TestSite site)
    {
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/both");
        site.Clock.Pass(StoreOutages.DueAge);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        return browser;
    }
}
