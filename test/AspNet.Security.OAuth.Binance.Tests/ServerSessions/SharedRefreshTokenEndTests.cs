using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A server that gives two sessions of a user the same refresh token, and access tokens of their own: "sign out on this device".
/// </summary>
public sealed class SharedRefreshTokenEndTests
{
    [Fact(Timeout = 40_000)]
    public async Task The_token_of_the_session_that_is_ended_is_revoked_and_that_of_the_other_device_lives()
    {
        await using var site = await ServerSite.StartAsync();
        var tokens = new List<string>();
        var browsers = new List<LifetimeBrowser>();
        for (var i = 0; i < 2; i++)
        {
            tokens.Add(site.Emulator.Tokens.Issue().AccessToken);
            site.Bring(tokens[i], "shared-refresh-token");
            browsers.Add(await site.SignedInAsync());
        }

        Assert.True(await site.EndAsync(await browsers[0].IdAsync()));

        Assert.Equal([tokens[0]], site.Revoked());
        Assert.Equal(tokens[1], (await browsers[1].SessionAsync()).AccessToken);
    }
}
