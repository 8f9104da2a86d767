using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A server gives three sessions of a user one refresh token and rotates it: the refresh token is used once, although one of the sessions that
/// share the outcome signs out.
/// </summary>
public sealed class SharedRefreshTokenSignOutTests
{
    private const string Shared = "shared-refresh-token";
    private const string NewToken = "new-access-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Waiting_session_gets_the_tokens_of_the_call_although_another_one_signs_out()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AddLogout());
        var browsers = await SignInAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var pages = new List<Task<SiteResponse>>();
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

        Assert.Equal(NewToken, (await pages[0]).Session.AccessToken);
        Assert.Equal(NewToken, (await pages[2]).Session.AccessToken);
        await signOut;
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Later_session_gets_the_tokens_of_the_call_after_another_one_signed_out()
    {
        await using var site = await TestSite.StartAsync(setup => setup.AddLogout());
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
    private static async Task<SiteBrowser[]> SignInAsync(TestSite site)
    {
        site.RevokeNothing();
        var browsers = new SiteBrowser[3];
        for (var i = 0; i < browsers.Length; i++)
        {
            site.Bring(site.Emulator.Tokens.Issue().AccessToken, Shared);
            browsers[i] = await site.SignedInAsync();
        }

        site.Clock.Pass(StoreOutages.DueAge);
        site.Bring(NewToken, "next-refresh-token");
        return browsers;
    }
}
