using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;

namespace AspNet.Security.OAuth.Binance.Tests.Identity;

/// <summary>
/// A refresh that takes long, of which nobody may be waiting any more when it ends: what it brings is stored all the same, over nothing newer.
/// </summary>
public sealed class UserTokensSlowRefreshTests : IAsyncDisposable
{
    private readonly IdentityDatabase _database = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact(Timeout = 60_000)]
    public async Task A_caller_with_a_good_token_gets_it_after_two_seconds()
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
    public async Task A_caller_with_an_expired_token_gives_up_after_BackchannelTimeout()
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
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
    public async Task A_caller_who_cancels_loses_nothing(bool expired)
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var leaving = new CancellationTokenSource();
        var job = site.JobTokenUntilAsync(leaving.Token);
        await hold.WaitForCallsAsync(1, Stop);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job);
        hold.Release();
        await AssertRenewedAsync(site, old);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_page_that_the_browser_leaves_loses_nothing()
    {
        await using var site = await _database.StartAsync();
        var browser = new AccountBrowser(site);
        var old = await browser.RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var page = browser.Browser.SendUntilAsync("/token", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);

        hold.Release();

        await AssertRenewedAsync(site, old);
    }

    // The next caller finds the outcome, and stores it.
    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task New_tokens_that_the_database_does_not_take_are_not_lost(bool expired)
    {
        await using var site = await _database.StartAsync();
        var old = await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(expired ? LifetimeSite.TokenLifetime : StoreOutages.DueAge);
        _database.Faults.Fail("UPDATE " + DatabaseFaults.Tokens);
        var failure = await Record.ExceptionAsync(() => site.JobTokenAsync());
        Assert.Equal(expired, failure is not null);
        _database.Faults.Recover();

        await AssertRenewedAsync(site, old);
    }

    // Each of the two writes changes the user's one row.
    [Fact(Timeout = 60_000)]
    public async Task Two_devices_that_refresh_at_the_same_time_are_both_stored()
    {
        await using var farm = await _database.StartFarmAsync();
        var site = farm.First;
        var (one, other) = (new AccountBrowser(site), new AccountBrowser(farm.Second));
        await one.RegisterAsync();
        await other.SignInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Task<string?>[] pages = [one.TokenAsync(), other.TokenAsync()];
        await hold.WaitForCallsAsync(2, Stop);
        hold.Release();

        var tokens = await Task.WhenAll(pages);

        var rows = await site.SignInsAsync();
        Assert.Equal(2, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Single(rows, row => row.Contains(token!, StringComparison.Ordinal)));
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await one.Copy(farm.Second).TokenAsync())!));
        Assert.True(site.Emulator.Tokens.IsLive((await other.Copy(site).TokenAsync())!));
        Assert.Equal(4, site.RefreshCalls);
    }

    // One process has the tokens of the first refresh still to write when another one has refreshed them again.
    [Fact(Timeout = 60_000)]
    public async Task An_older_outcome_does_not_overwrite_a_newer_one()
    {
        await using var farm = await _database.StartFarmAsync();
        var (site, there) = (farm.First, farm.Second);
        await new AccountBrowser(site).RegisterAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
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
        site.Clock.Pass(LifetimeSite.TokenLifetime);
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

    // The one refresh is in the store; the next one is good with its refresh token.
    private static async Task AssertRenewedAsync(LifetimeSite site, string old)
    {
        string? token;
        while ((token = await TryAsync(site)) is null || token == old)
        {
            Stop.ThrowIfCancellationRequested();
        }

        await site.UntilStoredAsync(token!);
        Assert.True(site.Emulator.Tokens.IsLive(token!));
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await site.JobTokenAsync())!));
        Assert.Equal(2, site.RefreshCalls);
    }

    // Who calls before the refresh has ended does not wait for it anew.
    private static async Task<string?> TryAsync(LifetimeSite site)
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
