using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A session that ends in the request that refreshes its tokens, or during it.
/// </summary>
public sealed class EndedDuringRefreshTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_whose_session_is_signed_out_during_the_refresh_has_no_user(bool inTime)
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (browser, _) = await site.DueAsync(expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        await browser.Copy().GetWithinLogoutAsync(site.Clock);
        if (!inTime)
        {
            await site.Clock.PassUpToAsync(page, new BinanceAuthenticationOptions().BackchannelTimeout);
        }

        hold.Release();

        Assert.False((await page).Session.SignedIn);
        Assert.Null((await page).SessionCookie);
        await site.Emulator.Requests.WaitForAsync(request => request.Endpoint == EmulatorEndpoint.Revoke, Stop);
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_in_the_request_whose_refresh_is_refused_revokes_the_access_token()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, session) = await site.DueAsync(expired: false);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.InvalidGrant);

        await browser.GetAsync(SignOutSite.OtherPath);

        Assert.Equal([session.AccessToken!], site.Revoked());
        Assert.False(browser.HasSessionCookie);
        Assert.Equal(1, site.RefreshCalls);
    }
}
