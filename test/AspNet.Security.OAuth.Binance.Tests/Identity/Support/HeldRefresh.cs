using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity.Support;

/// <summary>
/// A refresh whose response is held until the user's tokens have ended.
/// </summary>
internal static class HeldRefresh
{
    /// <summary>The access token in the response.</summary>
    public const string Token = "late-access-token";

    /// <summary>Sets the response of the next refresh. Revocations are reported as successful: the emulator does not know the token.</summary>
    public static void BringLate(this TestSite site)
    {
        site.RevokeNothing();
        site.Bring(Token, "late-refresh-token");
    }

    /// <summary>Ends tokens while a caller's refresh is held. Completes after the revocation of <see cref="Token"/>, when the caller has ended.</summary>
    /// <param name="site">The site.</param>
    /// <param name="caller">Starts the refresh.</param>
    /// <param name="end">Ends the tokens, before the response to the refresh is released.</param>
    public static async Task DuringRefreshAsync(this TestSite site, Func<Task> caller, Func<Task> end)
    {
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var refresh = caller();
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await end();
        hold.Release();

        await site.UntilRevokedAsync(Token);
        await refresh.EndAsync();
    }
}
