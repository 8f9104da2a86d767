using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// Concurrent callers send a refresh token once.
/// </summary>
public sealed class NativeRefreshOnceTests
{
    private const int Callers = 50;

    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(RefreshTokenBehavior.Keep, false)]
    [InlineData(RefreshTokenBehavior.Rotate, false)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse, false)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse, true)]
    public async Task Callers_on_an_expired_token_share_one_refresh(RefreshTokenBehavior behavior, bool isAsynchronous)
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = behavior);
        app.Store.IsAsynchronous = isAsynchronous;
        app.Expire();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var calls = Call(app.Login, Callers);
        await hold.WaitForCallsAsync(1, Stop);
        hold.Release();
        var tokens = await Task.WhenAll(calls);

        Assert.True(app.Binance.Tokens.IsLive(Assert.Single(tokens.Distinct())));
        Assert.Equal(1, app.TokenRequests);
        Assert.Equal(tokens[0], await app.Login.GetAccessTokenAsync(Stop));
    }

    [Fact]
    public async Task Concurrent_threads_share_one_refresh()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.IsAsynchronous = true;
        app.Expire();

        var tokens = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(
            async () =>
            {
                await app.Login.GetAccessTokenAsync(Stop);
                return await app.Login.GetAccessTokenAsync(Stop);
            },
            Stop)));

        Assert.True(app.Binance.Tokens.IsLive(Assert.Single(tokens.Distinct())));
        Assert.Equal(1, app.TokenRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_caller_gets_the_new_token_before_it_is_stored(bool isExpired)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.MakeDue(isExpired);
        using var hold = app.Store.Hold("Write");

        var calls = Call(app.Login, 5);
        await hold.ArrivedAsync();
        Assert.All(calls, call => Assert.False(call.IsCompleted));
        hold.Release();
        var token = Assert.Single((await Task.WhenAll(calls)).Distinct());

        Assert.Contains(token, app.Store.Text, StringComparison.Ordinal);
        Assert.Equal(token, await app.NewLogin().GetAccessTokenAsync(Stop));
    }

    [Theory]
    [InlineData(RefreshTokenBehavior.Keep)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    public async Task Processes_that_share_a_store_share_one_refresh(RefreshTokenBehavior behavior)
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = behavior);
        app.Store.UseLock();
        app.Store.IsAsynchronous = true;
        var other = app.NewLogin();
        app.Expire();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        Task<string>[] calls = [.. Call(app.Login, 25), .. Call(other, 25)];
        await hold.WaitForCallsAsync(1, Stop);
        hold.Release();
        var tokens = await Task.WhenAll(calls);

        Assert.True(app.Binance.Tokens.IsLive(Assert.Single(tokens.Distinct())));
        Assert.Equal(1, app.TokenRequests);
        app.Expire();
        Assert.True(app.Binance.Tokens.IsLive(await other.GetAccessTokenAsync(Stop)));
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(2, app.TokenRequests);
    }

    // They are due already.
    [Fact]
    public async Task Tokens_that_another_process_stores_during_the_wait_for_the_lock_are_used_without_a_refresh()
    {
        await using var app = await NativeApp.SignedInAsync();
        var old = app.Store.Text;
        app.Expire();
        var token = await app.NewLogin().GetAccessTokenAsync(Stop);
        var newest = app.Store.Text;
        app.MakeDue();
        app.Store.Text = old;
        app.Binance.Requests.Clear();
        using var hold = app.Store.Hold("Lock");
        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.ArrivedAsync();

        app.Store.Text = newest;
        hold.Release();

        Assert.Equal(token, await call);
        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Lock_that_another_process_keeps_is_a_failure_and_the_session_stays()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.UseLock();
        app.Expire();
        var text = app.Store.Text;
        var held = await app.Store.LockAsync(Stop);

        var call = app.Login.GetAccessTokenAsync(Stop);
        app.Clock.Advance(TimeSpan.FromSeconds(10));
        await Failing.WithAsync(BinanceFailure.Timeout, call);
        await held!.DisposeAsync();

        await app.Store.WrittenAsync(2);
        Assert.NotEqual(text, app.Store.Text);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Lock_is_released_after_every_outcome()
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep);
        app.Store.UseLock();
        app.Expire();

        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await Failing.WithAsync(BinanceFailure.Unavailable, app.Login.GetAccessTokenAsync(Stop));
        await AssertFreeAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Store.Failures["Write"] = new IOException("the disk");
        await Assert.ThrowsAsync<IOException>(() => app.Login.GetAccessTokenAsync(Stop));
        await AssertFreeAsync(app);
        app.Store.Failures.Clear();
        await app.Login.GetAccessTokenAsync(Stop);
        await AssertFreeAsync(app);
        await app.Login.SignInAsync(Stop);
        await AssertFreeAsync(app);
        app.Store.Failures["Delete"] = new IOException("the disk");
        await Assert.ThrowsAsync<IOException>(() => app.Login.SignOutAsync(Stop));
        await AssertFreeAsync(app);
        app.Store.Failures.Clear();
        await app.Login.SignOutAsync(Stop);
        await AssertFreeAsync(app);
    }

    private static Task<string>[] Call(BinanceLogin login, int count) => [.. Enumerable.Range(0, count).Select(_ => login.GetAccessTokenAsync(Stop))];

    private static async Task AssertFreeAsync(NativeApp app)
    {
        var held = app.Store.LockAsync(Stop).AsTask();
        Assert.True(held.IsCompleted);
        await (await held)!.DisposeAsync();
    }
}
