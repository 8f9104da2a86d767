using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// Refreshes that a sign-out makes, or waits for: what is revoked, and what is logged, when one fails or takes longer.
/// </summary>
public sealed class RefreshForSignOutTests
{
    private const string Late = "late-access-token";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Expired_token_that_cannot_be_refreshed_is_revoked()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        var (browser, session) = await site.DueAsync(expired: true);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.False(browser.HasSessionCookie);
        Assert.Equal([session.AccessToken!], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Revocation_of_each_token_is_logged()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        site.RevokeNothing();

        await SignOutDuringAJobAsync(site);

        await site.UntilLoggedAsync(static record => record.Id.Name == "Revoked", times: 2);
        Assert.Empty(site.Logged(LogLevel.Warning));
    }

    [Fact(Timeout = 40_000)]
    public async Task Failed_revocations_of_both_tokens_are_one_warning()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503), int.MaxValue);

        await SignOutDuringAJobAsync(site);
        await site.UntilRevokedAsync(Late);

        // A second warning would be logged before another user has signed in.
        await site.SignedInAsync();
        Assert.Equal("RevocationFailed", Assert.Single(site.Logged(LogLevel.Warning)).Id.Name);
    }

    // The session whose sign-out waited for the refresh has ended, so that no other holder of the refresh token uses the outcome.
    [Fact(Timeout = 40_000)]
    public async Task Late_failure_is_not_kept_for_another_holder_of_the_refresh_token()
    {
        await using var site = await TestSite.StartAsync(SignOutSite.AddLogout);
        site.RevokeNothing();
        var (job, refreshToken) = await SignOutDuringAJobAsync(site, EmulatorFault.Status(503));
        await Assert.ThrowsAsync<BinanceAuthenticationException>(() => job);
        var renewed = site.Bring("next-refresh-token");

        var tokens = await site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);

        Assert.Equal(renewed, tokens.AccessToken);
        Assert.Equal(2, site.RefreshCalls);
    }

    // A job refreshes tokens that are not due, and takes longer than the sign-out of their session waits.
    private static async Task<(Task<BinanceTokens> Job, string RefreshToken)> SignOutDuringAJobAsync(TestSite site, EmulatorFault? response = null)
    {
        var browser = await site.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        if (response is null)
        {
            site.Bring(Late, "late-refresh-token");
        }
        else
        {
            site.Emulator.Faults.Next(EmulatorEndpoint.Token, response);
        }

        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.Client.RefreshTokensAsync(refreshToken, cancellationToken: Stop);
        await hold.WaitForCallsAsync(1, Stop);
        await browser.GetWithinLogoutAsync(site.Clock);
        Assert.False(browser.HasSessionCookie);
        return (job, refreshToken);
    }
}
