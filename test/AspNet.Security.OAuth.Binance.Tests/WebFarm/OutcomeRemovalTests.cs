using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// A sign-out with the cookie from before a refresh removes the outcome of that refresh from the cache, and no other.
/// </summary>
public sealed class OutcomeRemovalTests
{
    private const string Shared = "shared-refresh-token";

    // A server that does not rotate the refresh token: the outcome is there once for the session and once for the refresh token.
    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse, 1, false)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse, 1, true)]
    [InlineData(RefreshTokenBehavior.Keep, 2, false)]
    [InlineData(RefreshTokenBehavior.Keep, 2, true)]
    public async Task Outcome_of_a_session_that_signs_out_is_removed(RefreshTokenBehavior server, int entries, bool elsewhere)
    {
        await using var farm = await Farm.StartAsync(static setup => setup.AddLogout());
        farm.First.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await farm.First.WithExpiredTokenAsync();
        var (old, before) = (browser.Copy(elsewhere ? farm.Second : farm.First), farm.Store.Keys);
        await browser.SessionAsync();
        var outcome = farm.Store.Keys.Except(before).ToList();
        Assert.Equal(entries, outcome.Count);

        await old.GetAsync(SignOutSite.LogoutPath);

        Assert.Empty(farm.Store.Keys.Intersect(outcome));
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    // It is for every session that holds the refresh token.
    [Theory]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    [InlineData(RefreshTokenBehavior.Keep)]
    public async Task Outcome_of_the_token_service_is_one_entry_which_a_sign_out_removes(RefreshTokenBehavior server)
    {
        await using var farm = await Farm.StartAsync(static setup => setup.AddLogout());
        farm.First.Emulator.Options.RefreshTokenBehavior = server;
        var browser = await farm.First.SignedInAsync();
        var refreshToken = (await browser.SessionAsync()).RefreshToken!;
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var before = farm.Store.Keys;
        await farm.First.Client.RefreshTokensAsync(refreshToken, cancellationToken: TestContext.Current.CancellationToken);
        var outcome = Assert.Single(farm.Store.Keys.Except(before));

        await browser.Copy(farm.Second).GetAsync(SignOutSite.LogoutPath);

        Assert.DoesNotContain(outcome, farm.Store.Keys);
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Outcome_of_another_session_with_the_same_refresh_token_stays()
    {
        await using var farm = await Farm.StartAsync();
        await using var third = await farm.StartNeighbourAsync();
        var (first, last) = (await SignInAsync(farm.First), await SignInAsync(farm.First));
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var (revoked, stays) = (farm.First.Bring(Shared), farm.First.Bring(Shared));
        await first.SendAsync("/session");
        await last.SendAsync("/session");

        await first.GetAsync("/sign-out");

        Assert.Equal([revoked], farm.First.Revoked());
        Assert.Equal(stays, (await last.Copy(third).SessionAsync()).AccessToken);
        Assert.Equal(2, farm.First.RefreshCalls);
    }

    private static async Task<SiteBrowser> SignInAsync(TestSite site)
    {
        site.Bring(Shared);
        return await site.SignedInAsync();
    }
}
