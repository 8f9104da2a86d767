using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;



namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// The cache discloses no user data: the entries are encrypted, and their keys are hashes.
/// </summary>
public sealed class EntrySecrecyTests
{
    [Fact]
    public async Task The_cache_holds_no_token_and_no_user_data_in_clear_text()
    {
        await using var site = await ServerSite.StartAsync(
            setup => setup.Binance = options => options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email));
        await UseSessionsAsync(site);

        site.Secrets.AssertAbsentFrom(site.Store().Text);
        var user = site.Emulator.Users.Find(ServerSite.User)!;
        var finder = new SecretFinder([new(user.UserId, "user id"), new(user.Email!, "e-mail address")]);
        Assert.Empty(finder.Find(site.Store().Text));
    }

    [Fact]
    public async Task A_key_in_the_cache_is_a_hash()
    {
        await using var site = await ServerSite.StartAsync();
        await UseSessionsAsync(site);

        var keys = site.Store().Written.Select(entry => entry.Key).Where(key => !key.Contains(":session:", StringComparison.Ordinal)).Distinct();
        Assert.All(keys, key => Assert.Matches("^AspNet\\.Security\\.OAuth\\.Binance:(ticket|ended|generation|index):[0-9A-Za-z_-]{16,64}$", key));
    }

    // A sign-in, a refresh, a second device, and the end of both.
    private static async Task UseSessionsAsync(TestSite site)
    {
        var (browser, other) = (await site.SignedInAsync(), await site.SignedInAsync());
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True((await browser.SessionAsync()).SignedIn);
        await other.GetAsync("/sign-out");
        Assert.Single(await site.ListAsync());
        await site.EndAllAsync();
        Assert.False((await browser.SessionAsync()).SignedIn);
    }
}
