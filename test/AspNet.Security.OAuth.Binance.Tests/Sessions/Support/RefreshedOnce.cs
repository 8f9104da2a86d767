namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// The check that the outcome of a refresh has reached the browser or the store.
/// </summary>
internal static class RefreshedOnce
{
    /// <summary>
    /// Asserts that the session has the tokens of one refresh, when an outcome that is kept for a minute has expired: the browser has the new
    /// cookie, or the store the new tokens.
    /// </summary>
    public static async Task AssertRefreshedOnceAsync(this TestSite site, SiteBrowser browser)
    {
        site.Clock.Pass(TimeSpan.FromSeconds(70));
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }
}
