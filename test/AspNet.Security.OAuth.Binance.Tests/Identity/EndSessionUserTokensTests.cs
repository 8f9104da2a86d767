using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Ending server sessions of Identity with <see cref="BinanceSessions"/> revokes the tokens in the user store.
/// </summary>
public sealed class EndSessionUserTokensTests : IAsyncDisposable
{
    private const string Application = "Identity.Application";

    private readonly IdentityDatabase _database = new();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_revokes_the_tokens_of_all_devices_once()
    {
        await using var farm = await _database.StartFarmAsync(IdentitySetup.KeepInFarm);
        var site = farm.First;
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(farm.Second));
        string[] tokens = [await one.RegisterAsync(), await other.SignInAsync(), await other.SignInAsync()];

        await site.EndAllAsync((await site.UserAsync()).Id, Application);

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.False((await other.SessionAsync()).SignedIn);
        Assert.Equal(tokens.Order(), site.Revoked().Order());
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task EndAsync_revokes_the_tokens_of_that_session_only()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var (first, second) = (await one.RegisterAsync(), await other.SignInAsync());
        var id = await one.Browser.IdAsync(Application);

        Assert.True(await site.EndAsync(id, (await site.UserAsync()).Id, Application));

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.Equal([first], site.Revoked());
        Assert.Equal(second, await other.TokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_keeps_the_tokens_for_jobs_without_RevokeOnSignOut()
    {
        await using var site = await _database.StartAsync(setup =>
        {
            IdentitySetup.KeepOnServer(setup);
            setup.Binance = options => options.RevokeOnSignOut = false;
        });
        var token = await new AccountBrowser(site).RegisterAsync();

        await site.EndAllAsync((await site.UserAsync()).Id, Application);

        Assert.Empty(site.Revocations);
        Assert.Equal(token, await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_during_a_refresh_revokes_the_new_token()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.BringLate();
        var user = await site.UserAsync();

        await site.DuringRefreshAsync(
            () => site.JobTokenAsync(), () => site.Clock.PassUpToAsync(site.EndAllAsync(user.Id, Application), SignOutSite.RevocationTimeout));

        Assert.Equal([HeldRefresh.Token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    // Sessions are in the cache, tokens in the database.
    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_ends_the_sessions_when_the_database_is_unavailable()
    {
        await using var site = await _database.StartAsync(IdentitySetup.KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var user = await site.UserAsync();
        _database.Faults.Fail(DatabaseFaults.Tokens);

        await site.EndAllAsync(user.Id, Application);

        _database.Faults.Recover();
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Warnings());
    }
}
