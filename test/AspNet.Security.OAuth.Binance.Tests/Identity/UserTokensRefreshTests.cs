using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// Tokens in Identity's store are refreshed before they expire, once for each refresh token, and stored before they are used.
/// </summary>
public sealed class UserTokensRefreshTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Token_that_is_not_due_is_not_refreshed()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime - TimeSpan.FromMinutes(6));

        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));
        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Due_token_is_refreshed_once_and_stored()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);

        var token = await browser.TokenAsync();

        Assert.NotEqual(old, token);
        Assert.True(site.Emulator.Tokens.IsLive(token!));
        var stored = Assert.Single(await site.SignInsAsync());
        Assert.Contains(token!, stored, StringComparison.Ordinal);
        Assert.Contains(site.Emulator.Tokens.RefreshTokens.Single().Value, stored, StringComparison.Ordinal);
        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));
        Assert.Equal(1, site.RefreshCalls);
    }

    // Processes without a shared lock and cache share only the database.
    [Fact(Timeout = 60_000)]
    public async Task Token_is_stored_before_it_is_used()
    {
        await using var site = await _database.StartAsync();
        await using var neighbour = await _database.StartNeighbourAsync(site);
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        var save = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _database.Faults.BeforeSave = () =>
        {
            reached.TrySetResult();
            return save.Task;
        };
        var job = site.JobTokenAsync();
        await reached.Task.WaitAsync(Stop);
        Assert.False(job.IsCompleted);
        _database.Faults.Recover();
        save.SetResult();

        var token = await job;

        Assert.Equal(token, await neighbour.JobTokenAsync());
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Tokens_are_refreshed_each_day()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        for (var day = 1; day <= 5; day++)
        {
            site.Clock.Pass(TimeSpan.FromDays(1));
            Assert.True(site.Emulator.Tokens.IsLive((await browser.TokenAsync())!));
            Assert.Equal(day, site.RefreshCalls);
        }

        Assert.Empty(site.Revocations);
        Assert.Empty(site.Warnings());
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Twenty_concurrent_callers_make_one_refresh_call(bool expired)
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Task<string?>[] jobs = [.. Enumerable.Range(0, 20).Select(_ => site.JobTokenAsync())];
        await hold.WaitForCallsAsync(1, Stop);
        hold.Release();

        var token = Assert.Single((await Task.WhenAll(jobs)).Distinct());

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Empty(site.Warnings());
    }

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_callers_in_two_processes_make_one_refresh_call()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var waits = farm.Locks.Next(LockCommand.Acquire);
        Task<string?>[] here = [.. Enumerable.Range(0, 10).Select(_ => site.JobTokenAsync())];
        await hold.WaitForCallsAsync(1, Stop);
        await waits;
        waits = farm.Locks.Next(LockCommand.Acquire);
        Task<string?>[] there = [.. Enumerable.Range(0, 10).Select(_ => farm.Second.JobTokenAsync())];
        await waits;
        hold.Release();

        var token = Assert.Single((await Task.WhenAll([.. here, .. there])).Distinct());

        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Contains(token!, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Refused_refresh_removes_the_tokens_and_keeps_the_user_signed_in()
    {
        await using var site = await _database.StartAsync();
        var browser = await ExpiredAndRevokedAsync(site);

        Assert.Null(await browser.TokenAsync());

        await site.AssertNothingStoredAsync();
        Assert.Null(await site.JobTokenAsync());
        Assert.Equal(1, site.RefreshCalls);
        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.SignOutAsync();
        Assert.Empty(site.Revocations);
    }

    [Fact(Timeout = 60_000)]
    public async Task User_can_sign_in_again_after_a_refused_refresh()
    {
        await using var site = await _database.StartAsync();
        var browser = await ExpiredAndRevokedAsync(site);
        Assert.Null(await browser.TokenAsync());

        var token = await browser.SignInAsync();

        Assert.Equal(token, await browser.TokenAsync());
        await browser.SignOutAsync();
        Assert.Equal([token], site.Revoked());
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_used_while_Binance_is_unavailable()
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        Assert.Equal(old, await site.JobTokenAsync());

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.NotEqual(old, await site.JobTokenAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task Expired_token_is_a_failure_while_Binance_is_unavailable_and_stays_stored()
    {
        await using var site = await _database.StartAsync();
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        var failure = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => site.JobTokenAsync());

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        Assert.Single(await site.SignInsAsync());
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(site.Emulator.Tokens.IsLive((await site.JobTokenAsync())!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_is_used_until_it_expires_without_AutomaticRefresh()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        var browser = new AccountBrowser(site);
        var token = await browser.RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        Assert.Equal((token, token), (await browser.TokenAsync(), await site.JobTokenAsync()));

        site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Equal((null, null), (await browser.TokenAsync(), await site.JobTokenAsync()));
        Assert.Equal(0, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task RefreshBeforeExpiration_of_the_application_applies()
    {
        await using var site = await _database.StartAsync(setup => setup.Binance = options => options.RefreshBeforeExpiration = TimeSpan.FromMinutes(20));
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(39));
        await site.JobTokenAsync();
        Assert.Equal(0, site.RefreshCalls);

        site.Clock.Pass(TimeSpan.FromMinutes(2));
        await site.JobTokenAsync();

        Assert.Equal(1, site.RefreshCalls);
    }

    // A browser whose refresh will be refused.
    private static async Task<AccountBrowser> ExpiredAndRevokedAsync(TestSite site)
    {
        var browser = new AccountBrowser(site);
        await browser.RegisterAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);
        return browser;
    }
}
