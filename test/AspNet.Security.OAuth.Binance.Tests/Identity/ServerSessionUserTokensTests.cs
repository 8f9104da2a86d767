using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Ends;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Identity's sessions are on the server (<c>AddBinanceServerSessions</c>): the promises are the same, and an end from elsewhere revokes as well.
/// </summary>
public sealed class ServerSessionUserTokensTests : IAsyncDisposable
{
    private const string Application = "Identity.Application";

    private readonly IdentityDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_registration_stores_the_tokens_and_a_sign_out_revokes_them()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        Assert.Single(site.Store().Tickets());
        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));

        await browser.SignOutAsync();

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_known_login_has_tokens_of_its_own_and_its_sign_out_leaves_the_other_device_s()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var (first, second) = (await one.RegisterAsync(), await other.SignInAsync());
        Assert.Equal((first, second), (await one.TokenAsync(), await other.TokenAsync()));

        await other.SignOutAsync();

        Assert.Equal([second], site.Revoked());
        Assert.Equal(first, await one.TokenAsync());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_link_stores_the_tokens_and_leaves_the_session(bool remembers)
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        await site.CreateUserAsync();
        var browser = new AccountBrowser(site);
        await browser.PasswordAsync(remembers: remembers);
        var before = await browser.SessionAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(1));

        var token = await browser.LinkAsync();

        var after = await browser.SessionAsync();
        Assert.Equal((before.Issued, before.Expires), (after.Issued, after.Expires));
        Assert.Single(site.Store().Tickets());
        Assert.Equal(token, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_logins_in_one_browser_and_a_sign_out_leave_no_live_token()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        string[] tokens = [await browser.RegisterAsync(), await browser.SignInAsync()];

        await browser.SignOutAsync();

        Assert.Equal(tokens.Order(), site.Revoked().Order());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(site.Store().Tickets());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("the stamp is validated")]
    [InlineData("RefreshSignInAsync")]
    [InlineData("the session slides")]
    public async Task A_session_that_is_written_anew_keeps_its_sign_in(string way)
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        if (way == "RefreshSignInAsync")
        {
            await browser.Browser.PostAsync("/RefreshSignIn");
        }
        else
        {
            site.Clock.Pass(way == "the session slides" ? TimeSpan.FromDays(8) : TimeSpan.FromMinutes(31));
            await browser.SessionAsync();
        }

        await new AccountBrowser(site).SignInAsync();
        var others = site.NewestToken();
        var token = await browser.TokenAsync();
        Assert.NotEqual(others, token);
        await browser.SignOutAsync();

        Assert.Equal([token!], site.Revoked());
        Assert.True(site.Emulator.Tokens.IsLive(others));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refresh_by_a_page_is_stored_and_revoked_by_the_sign_out()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        var token = await browser.TokenAsync();
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);

        await browser.SignOutAsync();

        Assert.Equal([token!], site.Revoked());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_changed_security_stamp_signs_out_and_revokes()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        await site.ChangeAsync((users, user) => users.UpdateSecurityStampAsync(user));
        site.Clock.Pass(TimeSpan.FromMinutes(31));

        Assert.False((await browser.SessionAsync()).SignedIn);

        Assert.Equal([token], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_copy_of_the_cookie_gets_nothing_after_the_sign_out()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        var copy = browser.Copy();
        await browser.SignOutAsync();

        Assert.Null(await copy.TokenAsync());
        await copy.SignOutAsync();

        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_revokes_the_tokens_of_all_devices_once()
    {
        await using var farm = await _database.StartFarmAsync(KeepInFarm);
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
    public async Task EndAsync_revokes_the_tokens_of_that_session_alone()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(site));
        var (first, second) = (await one.RegisterAsync(), await other.SignInAsync());
        var id = await one.Browser.IdAsync(Application);

        Assert.True(await site.EndAsync(id, (await site.UserAsync()).Id, Application));

        Assert.False((await one.SessionAsync()).SignedIn);
        Assert.Equal([first], site.Revoked());
        Assert.Equal(second, await other.TokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_RevokeOnSignOut_an_end_leaves_the_tokens_to_jobs()
    {
        await using var site = await _database.StartAsync(setup =>
        {
            KeepOnServer(setup);
            setup.Binance = options => options.RevokeOnSignOut = false;
        });
        var token = await new AccountBrowser(site).RegisterAsync();

        await site.EndAllAsync((await site.UserAsync()).Id, Application);

        Assert.Empty(site.Revocations);
        Assert.Equal(token, await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_while_a_refresh_is_under_way_revokes_what_that_brings()
    {
        const string Late = "late-access-token";
        await using var site = await _database.StartAsync(KeepOnServer);
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.RevokeNothing();
        site.Bring(Late, "late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.JobTokenAsync();
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(site.EndAllAsync((await site.UserAsync()).Id, Application), SignOutSite.RevocationTimeout);
        hold.Release();

        await site.UntilRevokedAsync(Late);
        await job.EndAsync();
        Assert.Equal([Late], site.Revoked());
        await site.AssertNothingStoredAsync();
    }

    // The session is what the cache has; the tokens are the database's.
    [Fact(Timeout = 60_000)]
    public async Task EndAllAsync_with_a_database_that_is_unavailable_ends_the_sessions()
    {
        await using var site = await _database.StartAsync(KeepOnServer);
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        var user = await site.UserAsync();
        _database.Faults.Fail(DatabaseFaults.Tokens);

        await site.EndAllAsync(user.Id, Application);

        _database.Faults.Recover();
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Single(site.Warnings());
    }

    private static void KeepOnServer(IdentitySetup setup)
    {
        KeepInFarm(setup);
        setup.Site += static site => site.Add(static services
            => services.AddSingleton<IDistributedCache>(static provider => new SharedStore(provider.GetRequiredService<TimeProvider>())));
    }

    // The farm has a cache of its own.
    private static void KeepInFarm(IdentitySetup setup) => setup.Site = static site => site.KeepOnServer(null, IdentityConstants.ApplicationScheme);
}
