using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// How long callers wait for a refresh, which goes on without them.
/// </summary>
public sealed class RefreshWaitTests
{
    private static readonly TimeSpan _whileGood = TimeSpan.FromSeconds(2);

    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Caller_with_a_good_token_waits_two_seconds_and_the_outcome_is_used_later()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.BecomeDue();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        for (var i = 0; i < 3; i++)
        {
            var call = app.Login.GetAccessTokenAsync(Stop);
            await hold.WaitForCallsAsync(1, Stop);
            app.Clock.Advance(_whileGood - TimeSpan.FromTicks(1));
            Assert.False(call.IsCompleted);
            app.Clock.Advance(TimeSpan.FromTicks(1));
            Assert.Equal(token, await call);
        }

        hold.Release();
        await app.Store.WrittenAsync(2);
        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Caller_with_an_expired_token_waits_for_the_timeout_and_the_outcome_is_used_later()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.BackchannelTimeout = TimeSpan.FromSeconds(20));
        app.Expire();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        app.Clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        Assert.False(call.IsCompleted);
        app.Clock.Advance(TimeSpan.FromTicks(1));
        await Failing.WithAsync(BinanceFailure.Timeout, call);
        await Failing.WithAsync(BinanceFailure.Timeout, app.Login.GetAccessTokenAsync(Stop));
        Assert.NotNull(await app.Login.GetSessionAsync(Stop));

        hold.Release();
        await app.Store.WrittenAsync(2);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    // The caller did not cancel, and is never told so.
    [Fact]
    public async Task Token_that_expires_while_a_caller_waits_is_waited_for_longer()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Pass(NativeApp.Lifetime - TimeSpan.FromSeconds(1));
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        app.Pass(_whileGood);
        hold.Release();

        Assert.True(app.Binance.Tokens.IsLive(await call));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Token_that_expires_while_a_caller_waits_ends_in_the_timeout()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Pass(NativeApp.Lifetime - TimeSpan.FromSeconds(1));
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
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
        app.Pass(isExpired ? NativeApp.Lifetime : NativeApp.Lifetime - TimeSpan.FromMinutes(4));
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var caller = new CancellationTokenSource();

        var cancelled = app.Login.GetAccessTokenAsync(caller.Token);
        var patient = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, cancelled);
        hold.Release();

        Assert.NotEqual(old, await patient);
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Caller_that_cancels_alone_does_not_lose_the_new_tokens()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var caller = new CancellationTokenSource();

        var cancelled = app.Login.GetAccessTokenAsync(caller.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, cancelled);
        hold.Release();
        await app.Store.WrittenAsync(2);

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Good_token_is_returned_while_another_process_holds_the_lock()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.UseLock();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.BecomeDue();
        var held = await app.Store.LockAsync(Stop);

        var call = app.Login.GetAccessTokenAsync(Stop);
        app.Clock.Advance(_whileGood);

        Assert.Equal(token, await call);
        await held!.DisposeAsync();
        await app.Store.WrittenAsync(2);
        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
    }

    [Fact]
    public async Task Good_token_is_returned_while_the_store_takes_long_to_keep_another()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.BecomeDue();
        using var hold = app.Store.Hold("Write");

        var call = app.Login.GetAccessTokenAsync(Stop);
        await hold.ArrivedAsync();
        app.Clock.Advance(_whileGood);

        Assert.Equal(token, await call);
    }
}
