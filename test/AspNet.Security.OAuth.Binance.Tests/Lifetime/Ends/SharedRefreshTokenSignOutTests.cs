using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

/// <summary>
/// A server that gives three sessions of a user one refresh token and rotates it: the refresh token is used once, although one of those who
/// shared the outcome has signed out.
/// </summary>
public sealed class SharedRefreshTokenSignOutTests
{
    private const string Shared = "shared-refresh-token";
    private const string Brought = "brought-access-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task A_session_that_waits_behind_one_that_signs_out_is_served_by_the_call_before()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.AddLogout());
        var browsers = await SignInAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var pages = new List<Task<SiteAnswer>>();
        foreach (var browser in browsers)
        {
            var waits = site.Clock.NextTimer(StoreOutages.GoodWait);
            pages.Add(browser.SendAsync("/session"));
            await waits;
        }

        await hold.WaitForCallsAsync(1, Stop);

        // The session has ended, and its sign-out waits for the refresh.
        var ended = site.Clock.NextTimer(SignOutSite.RevocationTimeout / 2);
        var signOut = browsers[1].Copy().SendAsync(SignOutSite.LogoutPath);
        await ended;
        hold.Release();

        Assert.Equal(Brought, (await pages[0]).Session.AccessToken);
        Assert.Equal(Brought, (await pages[2]).Session.AccessToken);
        await signOut;
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_session_that_comes_after_the_sign_out_of_one_that_was_served_is_served_too()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.AddLogout());
        var browsers = await SignInAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = browsers[0].SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        var waits = site.Clock.NextTimer(StoreOutages.GoodWait);
        var second = browsers[1].SendAsync("/session");
        await waits;
        hold.Release();
        browsers[0].Receive(await first);
        browsers[1].Receive(await second);

        await browsers[1].GetWithinLogoutAsync(site.Clock);

        Assert.True((await browsers[0].SessionAsync()).SignedIn);
        Assert.True((await browsers[2].SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // Three browsers, whose access tokens are due.
    private static async Task<LifetimeBrowser[]> SignInAsync(LifetimeSite site)
    {
        site.RevokeNothing();
        var browsers = new LifetimeBrowser[3];
        for (var i = 0; i < browsers.Length; i++)
        {
            site.Bring(site.Emulator.Tokens.Issue().AccessToken, Shared);
            browsers[i] = await site.SignedInAsync();
        }

        site.Clock.Pass(StoreOutages.DueAge);
        site.Bring(Brought, "next-refresh-token");
        return browsers;
    }
}
