using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The longest waits of callers for a refresh, which continues without them.
/// </summary>
public sealed class NativeRefreshWaitTests
{
    private static readonly TimeSpan _whileGood = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Caller_with_a_valid_token_waits_two_seconds_and_later_callers_use_the_outcome()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        for (var i = 0; i < 3; i++)
        {
            var call = app.Login.GetAccessTokenAsync(Stop);
            await hold.WaitForCallsAsync(1, Stop);
            app.Clock.Advance(_whileGood - TimeSpan.FromSeconds(1));
            Assert.False(call.IsCompleted);
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(token, await call);
        }

        hold.Release();
        await app.Store.WrittenAsync(2);
        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Caller_with_an_expired_token_waits_for_the_timeout_and_later_callers_use_the_outcome()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.BackchannelTimeout = TimeSpan.FromSeconds(20));
        app.Expire();
        var (hold, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));
        app.Clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromSeconds(1));
        Assert.False(call.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await Failing.WithAsync(BinanceFailure.Timeout, call);
        await Failing.WithAsync(BinanceFailure.Timeout, app.Login.GetAccessTokenAsync(Stop));
        Assert.NotNull(await app.Login.GetSessionAsync(Stop));

        hold.Release();
        await app.Store.WrittenAsync(2);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    // The timeout of the caller is no cancellation.
    [Fact]
    public async Task Wait_of_a_caller_is_extended_when_the_token_expires()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Advance(NativeApp.Lifetime - TimeSpan.FromSeconds(1));
        var (hold, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));
        app.Advance(_whileGood);
        hold.Release();

        Assert.True(app.Binance.Tokens.IsLive(await call));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Extended_wait_of_a_caller_ends_in_the_timeout()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Advance(NativeApp.Lifetime - TimeSpan.FromSeconds(1));
        var (_, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        await Failing.WithAsync(BinanceFailure.Timeout, call);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Caller_that_cancels_returns_at_once_and_the_others_get_the_token(bool isExpired)
    {
        await using var app = await NativeApp.SignedInAsync();
        var old = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue(isExpired);
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var caller = new CancellationTokenSource();

        var cancelled = app.Login.GetAccessTokenAsync(caller.Token);
        var waiting = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, cancelled);
        hold.Release();

        Assert.NotEqual(old, await waiting);
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Caller_that_cancels_alone_does_not_lose_the_new_tokens()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        var hold = await app.CancelAsync(EmulatorEndpoint.Token, app.Login.GetAccessTokenAsync);
        hold.Release();
        await app.Store.WrittenAsync(2);

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Valid_token_is_returned_while_another_process_holds_the_lock()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.UseLock();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        var held = await app.Store.LockAsync(Stop);

        var call = app.Login.GetAccessTokenAsync(Stop);
        app.Clock.Advance(_whileGood);

        Assert.Equal(token, await call);
        await held!.DisposeAsync();
        await app.Store.WrittenAsync(2);
        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
    }

    // The longest duration of a refresh of that process, and of its write.
    [Fact]
    public async Task Refresh_waits_70_seconds_for_the_lock_of_another_process()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.BackchannelTimeout = TimeSpan.FromSeconds(100));
        app.Store.UseLock();
        app.Expire();
        await using var held = await app.Store.LockAsync(Stop);

        var call = await app.TimeOutAsync(TimeSpan.FromSeconds(70), () => app.Login.GetAccessTokenAsync(Stop));

        var failure = await Failing.WithAsync(BinanceFailure.Timeout, call);
        Assert.Contains("lock", failure.Message, StringComparison.Ordinal);
        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Token_that_is_not_due_needs_no_lock()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var hold = app.Store.Hold("Lock");

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Valid_token_is_returned_while_the_store_is_slow()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        using var hold = app.Store.Hold("Write");

        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.ArrivedAsync();
        app.Clock.Advance(_whileGood);

        Assert.Equal(token, await call);
    }
}
