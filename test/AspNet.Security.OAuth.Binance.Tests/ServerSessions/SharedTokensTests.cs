using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A server may give two sessions of a user the same tokens. They are revoked with the last of them.
/// </summary>
public sealed class SharedTokensTests
{
    [Fact]
    public async Task The_end_of_one_leaves_the_tokens_of_the_other()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = await TwoAsync(site);

        Assert.True(await site.EndAsync(await one.IdAsync()));

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.True(site.Emulator.Tokens.IsLive((await other.SessionAsync()).AccessToken!));
        Assert.Empty(site.Revocations);
    }

    [Fact]
    public async Task The_end_of_the_last_revokes_them()
    {
        await using var site = await ServerSite.StartAsync();
        var (one, other) = await TwoAsync(site);

        await site.EndAsync(await one.IdAsync());
        await site.EndAsync(await other.IdAsync());

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task The_end_of_all_revokes_them_once()
    {
        await using var site = await ServerSite.StartAsync();
        await TwoAsync(site);

        await site.EndAllAsync();

        Assert.Single(site.Revocations);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Two_that_end_at_once_revoke_them()
    {
        await using var site = await ServerSite.StartAsync();
        var browsers = await TwoAsync(site);
        var (first, second) = (await browsers.One.IdAsync(), await browsers.Other.IdAsync());
        var hold = site.Store().Commands.Hold(StoreCommand.Set, ":ended:" + first);
        var ending = site.EndAsync(first);
        await hold.Reached;

        // It may wait for the first one.
        var other = site.EndAsync(second);
        hold.Release();

        Assert.True(await ending && await other);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    private static async Task<(LifetimeBrowser One, LifetimeBrowser Other)> TwoAsync(LifetimeSite site)
    {
        var same = site.Emulator.Tokens.Issue();
        var answer = $$"""{"access_token":"{{same.AccessToken}}","refresh_token":"{{same.RefreshToken}}","expires_in":3600}""";
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(answer), times: 2);
        return (await site.SignedInAsync(), await site.SignedInAsync());
    }
}
