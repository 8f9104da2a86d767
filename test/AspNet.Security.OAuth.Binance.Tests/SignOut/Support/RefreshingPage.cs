using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

/// <summary>
/// A page whose session the first process of a farm is refreshing, and a copy of its browser at the second process.
/// </summary>
internal sealed record RefreshingPage(SiteBrowser Browser, SiteBrowser There, SiteSession Session, Task<SiteResponse> Page, EmulatorHold Hold) : IDisposable
{
    /// <summary>The access token that the refresh returns when its hold is released.</summary>
    public const string Late = "late-access-token";

    public static async Task<RefreshingPage> OpenAsync(Farm farm, bool expired)
    {
        var site = farm.First;
        var (browser, session) = await site.DueAsync(expired);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        return new RefreshingPage(browser, browser.Copy(farm.Second), session, page, hold);
    }

    public void Dispose() => Hold.Dispose();
}
