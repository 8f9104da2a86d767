using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A slow refresh whose callers may have stopped waiting: its tokens are stored nevertheless, and do not overwrite newer ones.
/// </summary>
public sealed class UserTokensSlowRefreshTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task Caller_gets_a_good_token_after_two_seconds()
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(StoreOutages.DueAge);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = site.JobTokenAsync();
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(job, StoreOutages.GoodWait);

        Assert.Equal(old, await job);
        hold.Release();
        await AssertRenewedAsync(site, old);
    }

    [Fact(Timeout = 60_000)]
    public async Task Caller_with_an_expired_token_fails_after_BackchannelTimeout()
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var job = Record.ExceptionAsync(() => site.JobTokenAsync()).AsTask();
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(job, StoreOutages.LongestWait);

        Assert.Equal(BinanceFailure.Timeout, Assert.IsType<BinanceAuthenticationException>(await job).Failure);
        hold.Release();
        await AssertRenewedAsync(site, old);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refresh_of_a_cancelled_caller_is_stored(bool expired)
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var cancellation = new CancellationTokenSource();
        var job = site.JobTokenUntilAsync(cancellation.Token);
        await hold.WaitForCallsAsync(1, Stop);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job);
        hold.Release();
        await AssertRenewedAsync(site, old);
    }

    [Fact(Timeout = 60_000)]
    public async Task Refresh_of_an_aborted_page_is_stored()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var page = browser.Browser.SendUntilAsync("/token", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        hold.Release();

        await AssertRenewedAsync(site, old);
    }

    // The next caller gets the kept outcome, and stores it.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Refresh_is_stored_later_when_the_database_fails(bool expired)
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        _database.Faults.Fail("UPDATE " + DatabaseFaults.Tokens);
        var failure = await Record.ExceptionAsync(() => site.JobTokenAsync());
        Assert.Equal(expired, failure is not null);
        _database.Faults.Recover();

        await AssertRenewedAsync(site, old);
    }

    // Both writes change the concurrency stamp of the same user.
    [Fact(Timeout = 60_000)]
    public async Task Concurrent_refreshes_of_two_devices_are_both_stored()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(farm.Second));
        await one.RegisterAsync();
        await other.SignInAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Task<string?>[] pages = [one.TokenAsync(), other.TokenAsync()];
        await hold.WaitForCallsAsync(2, Stop);
        hold.Release();

        var tokens = await Task.WhenAll(pages);

        var rows = await site.SignInsAsync();
        Assert.Equal(2, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Single(rows, row => row.Contains(token!, StringComparison.Ordinal)));
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await one.Copy(farm.Second).TokenAsync())!));
        Assert.True(site.Emulator.Tokens.IsLive((await other.Copy(site).TokenAsync())!));
        Assert.Equal(4, site.RefreshCalls);
    }

    // One process has not yet stored the first refresh when another process completes the second one.
    [Fact(Timeout = 60_000)]
    public async Task Older_outcome_does_not_overwrite_a_newer_one()
    {
        await using var farm = await _database.StartFarmAsync();
        var (site, there) = (farm.First, farm.Second);
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        var (reached, save) = HoldNextSave();
        var job = site.JobTokenAsync();
        await reached;

        var elsewhere = there.JobTokenAsync();
        await site.Clock.PassUpToAsync(elsewhere, StoreOutages.LongestWait);
        var first = (await elsewhere)!;
        Assert.True(site.Emulator.Tokens.IsLive(first));
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(StoreOutages.DueAge);
        var second = (await there.JobTokenAsync())!;
        Assert.NotEqual(first, second);
        save.SetResult();
        await job;

        Assert.Contains(second, Assert.Single(await site.SignInsAsync()), StringComparison.Ordinal);
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await site.JobTokenAsync())!));
        Assert.Equal(3, site.RefreshCalls);
    }

    private (Task Reached, TaskCompletionSource Save) HoldNextSave()
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var save = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _database.Faults.BeforeSave = () =>
        {
            _database.Faults.Recover();
            reached.SetResult();
            return save.Task;
        };
        return (reached.Task.WaitAsync(Stop), save);
    }

    // The refresh is stored, and the next one works with its refresh token.
    private static async Task AssertRenewedAsync(TestSite site, string old)
    {
        string? token;
        while ((token = await TryAsync(site)) is null || token == old)
        {
            Stop.ThrowIfCancellationRequested();
        }

        await site.UntilStoredAsync(token!);
        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await site.JobTokenAsync())!));
        Assert.Equal(2, site.RefreshCalls);
    }

    // A caller does not wait again for a refresh that has exceeded its timeout.
    private static async Task<string?> TryAsync(TestSite site)
    {
        try
        {
            return await site.JobTokenAsync();
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.Timeout)
        {
            return null;
        }
    }
}
