using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// <c>RevokeAllAsync</c> revokes the tokens of all devices of a user, before a login is removed or the user is deleted.
/// </summary>
public sealed class UserTokensRevokeAllTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_revokes_the_tokens_of_each_device_once_and_removes_them()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(farm.Second));
        string[] tokens = [await one.RegisterAsync(), await other.SignInAsync()];

        await site.RevokeAllAsync();

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
        Assert.Null(await other.TokenAsync());

        // The user stays signed in to the application, and no token is left to revoke.
        Assert.True((await one.SessionAsync()).SignedIn);
        await one.SignOutAsync();
        await other.SignOutAsync();
        await site.RevokeAllAsync();
        Assert.Equal(2, site.Revocations.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_keeps_the_tokens_of_other_users()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var others = await new AccountBrowser(site).RegisterAsync(AccountUsers.OtherName);

        await site.RevokeAllAsync();

        Assert.Equal(others, await site.JobTokenAsync(AccountUsers.OtherName));
        Assert.True(site.Emulator.Tokens.IsLive(others));
    }

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_with_a_scheme_keeps_the_tokens_of_others()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = AddSecondScheme);
        site.AddSecondClient();
        var browser = new AccountBrowser(site);
        var (first, second) = (await browser.RegisterAsync(), await browser.LinkAsync("Second"));
        Assert.Equal(second, await site.TokenOfAsync(await site.UserAsync(), "Second"));

        await site.RevokeAllAsync(scheme: "Second");

        Assert.Equal([second], site.Revoked());
        Assert.Equal((first, first), (await browser.TokenAsync(), await site.JobTokenAsync()));
        Assert.Empty(await site.SignInsAsync(scheme: "Second"));
        await site.RevokeAllAsync();
        Assert.Equal([second, first], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_revokes_the_tokens_of_both_schemes()
    {
        await using var site = await _database.StartAsync(setup => setup.Site = AddSecondScheme);
        site.AddSecondClient();
        var browser = new AccountBrowser(site);
        string[] tokens = [await browser.RegisterAsync(), await browser.LinkAsync("Second")];

        await browser.SignOutAsync();

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_revokes_without_RevokeOnSignOut()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var token = await new AccountBrowser(site).RegisterAsync();

        await site.RevokeAllAsync();

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Removed_login_leaves_no_token_and_can_be_added_again()
    {
        await using var site = await _database.StartAsync();
        await site.CreateUserAsync();
        var (browser, other) = (new AccountBrowser(site), new AccountBrowser(site));
        await browser.PasswordAsync();
        string[] tokens = [await browser.LinkAsync(), await other.SignInAsync()];

        await browser.Browser.PostAsync("/ExternalLogins/Remove");

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        Assert.Null(await browser.TokenAsync());
        await site.AssertNothingStoredAsync();
        var again = await browser.LinkAsync();
        Assert.Contains(again, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal((again, again), (await site.JobTokenAsync(), await browser.TokenAsync()));
    }

    [Fact(Timeout = 60_000)]
    public async Task Deleted_user_leaves_no_token()
    {
        await using var site = await _database.StartAsync();
        var (browser, other) = (new AccountBrowser(site), new AccountBrowser(site));
        string[] tokens = [await browser.RegisterAsync(), await other.SignInAsync()];
        var user = await site.UserAsync();

        await browser.Browser.PostAsync("/DeletePersonalData");

        Assert.False(browser.IsSignedIn);
        Assert.Equal(tokens.Order(), site.Revoked().Order());
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.TokenOfAsync(user));
        Assert.Null(await other.TokenAsync());
        await other.SignOutAsync();
        Assert.Equal(2, site.Revocations.Count);
        Assert.Empty(site.Warnings());
    }

    // The default UI does this.
    [Fact(Timeout = 60_000)]
    public async Task User_who_was_deleted_without_RevokeAllAsync_can_sign_out()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var user = await site.UserAsync();
        await site.ChangeAsync((users, user) => users.DeleteAsync(user));

        Assert.Null(await browser.TokenAsync());
        Assert.Null(await site.TokenOfAsync(user));
        await browser.SignOutAsync();
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_during_a_refresh_revokes_the_new_token_and_stores_nothing()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.BringLate();

        await site.DuringRefreshAsync(
            () => site.JobTokenAsync(), () => site.Clock.PassUpToAsync(site.RevokeAllAsync(), SignOutSite.RevocationTimeout));

        Assert.Equal([HeldRefresh.Token], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task RevokeAllAsync_waits_until_RevocationTimeout_for_a_slow_server()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        await new AccountBrowser(site).SignInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);
        var end = site.RevokeAllAsync();
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(end, SignOutSite.RevocationTimeout);

        Assert.InRange(hold.Arrived, 1, 2);
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_in_after_RevokeAllAsync_keeps_its_tokens()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        await site.RevokeAllAsync();

        var token = await browser.SignInAsync();

        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));
    }

    private static void AddSecondScheme(SiteSetup setup) => setup.Authentication = builder => builder.AddSecondBinance(setup.Server);
}
