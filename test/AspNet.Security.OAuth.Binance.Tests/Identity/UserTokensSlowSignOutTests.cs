using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A sign-out ends within <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>, whatever is slow or unavailable, and leaves no live
/// token.
/// </summary>
public sealed class UserTokensSlowSignOutTests : IAsyncDisposable
{
    private const string Late = HeldRefresh.Token;

    private readonly IdentityDatabase _database = new();

    /// <summary>Whether the token has expired, or is good for four more minutes.</summary>
    public static TheoryData<bool> Ages => [false, true];

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ages))]
    public async Task Sign_out_during_a_job_s_refresh_revokes_the_new_token_and_stores_nothing(bool expired)
    {
        await using var site = await _database.StartAsync();
        var (browser, token) = await DueAsync(site, expired);

        await site.DuringRefreshAsync(() => site.JobTokenAsync(), () => SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout));

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(1, site.Revoked().Count(revoked => revoked == Late));
        Assert.Equal(expired ? 0 : 1, site.Revoked().Count(revoked => revoked == token));
        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_during_another_process_s_refresh_revokes_the_new_token_and_stores_nothing()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (browser, _) = await DueAsync(site, expired: true);

        await site.DuringRefreshAsync(() => farm.Second.JobTokenAsync(), () => SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout));

        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal([Late], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    // The page waits for the refresh while its user signs out in another tab.
    [Fact(Timeout = 60_000)]
    public async Task Sign_out_during_a_page_s_refresh_revokes_the_new_token()
    {
        await using var site = await _database.StartAsync();
        var (browser, _) = await DueAsync(site, expired: true);

        await site.DuringRefreshAsync(
            () => browser.Copy().Browser.SendAsync("/token"), () => SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout));

        Assert.Equal([Late], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ages))]
    public async Task Sign_out_ends_in_time_when_the_token_endpoint_is_slow(bool expired)
    {
        await using var site = await _database.StartAsync();
        var (browser, _) = await DueAsync(site, expired);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        await SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout);

        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_waits_until_the_application_s_RevocationTimeout_for_a_slow_server()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.RevocationTimeout = TimeSpan.FromSeconds(1));
        var browser = await RegisteredAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        await SignOutWithinAsync(site, browser, TimeSpan.FromSeconds(1));

        Assert.Equal(1, hold.Arrived);
        Assert.Equal(["RevocationFailed"], site.Warnings());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_of_two_logins_ends_within_RevocationTimeout()
    {
        await using var site = await _database.StartAsync();
        var browser = await RegisteredAsync(site);
        await browser.SignInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Revoke);

        await SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout);

        Assert.InRange(hold.Arrived, 1, 2);
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_revocation_is_a_warning()
    {
        await using var site = await _database.StartAsync();
        var browser = await RegisteredAsync(site);
        site.Emulator.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Status(503), int.MaxValue);

        await SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout);

        Assert.Equal(["RevocationFailed"], site.Warnings());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task Unavailable_database_is_a_warning()
    {
        await using var site = await _database.StartAsync();
        var browser = await RegisteredAsync(site);
        _database.Faults.Fail(DatabaseFaults.Tokens);

        await SignOutWithinAsync(site, browser, SignOutSite.RevocationTimeout);

        _database.Faults.Recover();
        Assert.Single(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_ends_in_time_when_the_database_hangs()
    {
        await using var site = await _database.StartAsync();
        var browser = await RegisteredAsync(site);
        var (reached, hang) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _database.Faults.BeforeCommand = command =>
        {
            if (!command.Contains(DatabaseFaults.Tokens, StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            reached.TrySetResult();
            return hang.Task;
        };

        var others = site.Clock.Timers;
        var signOut = browser.SignOutAsync();
        await reached.Task.WaitAsync(TestTimeout.Token);
        await site.Clock.PassUpToAsync(signOut, SignOutSite.RevocationTimeout, others);

        Assert.False(browser.IsSignedIn);
        _database.Faults.Recover();
        hang.SetResult();
    }

    private static async Task<AccountBrowser> RegisteredAsync(TestSite site)
    {
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        return browser;
    }

    private static async Task<(AccountBrowser Browser, string Token)> DueAsync(TestSite site, bool expired)
    {
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        site.BringLate();
        return (browser, token);
    }

    private static async Task SignOutWithinAsync(TestSite site, AccountBrowser browser, TimeSpan most)
    {
        var others = site.Clock.Timers;
        var signOut = browser.SignOutAsync();
        await site.Clock.PassUpToAsync(signOut, most, others);
        await signOut;
    }
}
