using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A server that gives two sessions of a user the same refresh token and different access tokens.
/// </summary>
public sealed class SharedRefreshTokenEndTests
{
    [Fact(Timeout = 40_000)]
    public async Task Only_the_ended_session_s_access_token_is_revoked()
    {
        await using var site = await ServerSite.StartAsync();
        var tokens = new List<string>();
        var browsers = new List<SiteBrowser>();
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
