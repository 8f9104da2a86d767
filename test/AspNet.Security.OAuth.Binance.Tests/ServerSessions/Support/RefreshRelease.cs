using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

/// <summary>
/// The release of a refresh that the emulator holds.
/// </summary>
internal static class RefreshRelease
{
    /// <summary>Releases it, and waits until the session's entry is written or removed.</summary>
    public static async Task ReleaseUntilAsync(this EmulatorHold hold, SharedStore store, StoreCommand command)
    {
        var done = store.Commands.Next(command, ServerSite.Ticket);
        hold.Release();
        await done;
    }

    /// <summary>Releases it after the server has revoked all tokens, and asserts that the session has ended.</summary>
    public static async Task AssertRefusalEndsSessionAsync(this EmulatorHold hold, TestSite site, SiteBrowser browser)
    {
        site.Emulator.Tokens.RevokeAll();
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Remove);

        Assert.Empty(site.Store().Tickets());
        var response = await browser.GetAsync("/session");
        Assert.False(response.Session.SignedIn);
        Assert.Empty(response.SetCookies);
    }

    /// <summary>Signs out, and releases it when the request has arrived at the site.</summary>
    public static async Task SignOutDuringAsync(this SiteBrowser browser, TestSite site, EmulatorHold hold)
    {
        var arrived = site.Requests.Next(1);
        var signOut = browser.SendAsync("/sign-out");
        await arrived;
        hold.Release();
        browser.Receive(await signOut);
    }
}
