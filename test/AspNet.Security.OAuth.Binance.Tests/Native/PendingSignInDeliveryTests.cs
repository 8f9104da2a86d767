using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A callback that is delivered more than once: by the platform, by a user who reloads it, or after a restart.
/// </summary>
public sealed class PendingSignInDeliveryTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Delivered_again_it_is_the_same_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);

        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        var token = await app.Login.GetAccessTokenAsync(Stop);
        var again = await app.Login.CompleteSignInAsync(pending, callback, Stop);

        await AssertSignedInOnceAsync(app, again);
        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(10)]
    public async Task Delivered_at_once_it_is_one_session(int times)
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var deliveries = Enumerable.Range(0, times)
            .Select(_ => app.Login.CompleteSignInAsync(BinancePendingSignIn.Deserialize(pending.Serialize()), callback, Stop)).ToArray();
        await hold.WaitForCallsAsync(1, Stop);
        hold.Release();

        Assert.All(await Task.WhenAll(deliveries), session => Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId));
        await AssertSignedInOnceAsync(app, await deliveries[0]);
    }

    [Fact]
    public async Task Delivered_by_many_threads_it_is_one_session()
    {
        await using var app = await NativeApp.StartAsync();
        app.Store.IsAsynchronous = true;
        var (pending, callback) = await BeginAsync(app);

        var deliveries = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(() => app.Login.CompleteSignInAsync(pending, callback, Stop), Stop)));

        await AssertSignedInOnceAsync(app, deliveries[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public async Task Delivered_again_after_a_restart_it_is_the_same_session(int minutes)
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        await app.Login.DisposeAsync();
        var next = app.NewLogin();
        app.Advance(TimeSpan.FromMinutes(minutes));

        var again = await next.CompleteSignInAsync(pending, callback, Stop);

        await AssertSignedInOnceAsync(app, again, next);
    }

    [Fact]
    public async Task Delivered_again_after_a_refresh_it_is_the_same_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        app.Expire();
        var token = await app.Login.GetAccessTokenAsync(Stop);

        var again = await app.Login.CompleteSignInAsync(pending, callback, Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserId, again.User.UserId);
        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(2, app.TokenRequests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public async Task Delivered_again_after_the_sign_out_it_does_not_restore_the_session(int minutes)
    {
        await using var app = await NativeApp.StartAsync(emulator: options => options.CodeLifetime = TimeSpan.FromHours(1));
        var (pending, callback) = await BeginAsync(app);
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        await app.Login.SignOutAsync(Stop);
        app.Clock.Advance(TimeSpan.FromMinutes(minutes));

        await Failing.WithAsync(minutes < 15 ? BinanceFailure.InvalidState : BinanceFailure.Abandoned, app.Login.CompleteSignInAsync(pending, callback, Stop));

        Assert.Null(await app.Login.GetSessionAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Delivered_again_after_a_restart_and_the_sign_out_it_does_not_restore_the_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        await app.Login.SignOutAsync(Stop);
        var next = app.NewLogin();

        await Failing.WithAsync(BinanceFailure.InvalidGrant, next.CompleteSignInAsync(pending, callback, Stop));

        Assert.Null(await next.GetSessionAsync(Stop));
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    [Fact]
    public async Task Delivered_again_after_another_sign_in_it_does_not_replace_the_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        await app.Login.SignInAsync(Stop);

        await Failing.WithAsync(BinanceFailure.InvalidState, app.Login.CompleteSignInAsync(pending, callback, Stop));

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Exchange_that_failed_fails_again_without_a_call()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

        await Failing.WithAsync(BinanceFailure.Unavailable, app.Login.CompleteSignInAsync(pending, callback, Stop));
        await Failing.WithAsync(BinanceFailure.Unavailable, app.Login.CompleteSignInAsync(pending, callback, Stop));

        Assert.Equal(1, app.TokenRequests);
        var (next, callbackOfNext) = await BeginAsync(app);
        Assert.NotNull(await app.Login.CompleteSignInAsync(next, callbackOfNext, Stop));
    }

    [Fact]
    public async Task One_caller_cancels_and_the_other_gets_the_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var caller = new CancellationTokenSource();

        var cancelled = app.Login.CompleteSignInAsync(pending, callback, caller.Token);
        var waiting = app.Login.CompleteSignInAsync(pending, callback, Stop);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, cancelled);
        hold.Release();

        await AssertSignedInOnceAsync(app, await waiting);
    }

    [Fact]
    public async Task Callback_is_delivered_again_after_its_time_during_the_exchange()
    {
        await using var app = await NativeApp.StartAsync(emulator: options => options.CodeLifetime = TimeSpan.FromHours(1));
        var (pending, callback) = await BeginAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var first = app.Login.CompleteSignInAsync(pending, callback, Stop);
        await hold.WaitForCallsAsync(1, Stop);

        app.Clock.Advance(TimeSpan.FromSeconds(2));
        var second = app.Login.CompleteSignInAsync(pending, callback, Stop);
        hold.Release();

        await AssertSignedInOnceAsync(app, await first);
        await AssertSignedInOnceAsync(app, await second);
    }

    [Fact]
    public async Task Both_callers_cancel_and_the_tokens_are_revoked()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var caller = new CancellationTokenSource();
        using var other = new CancellationTokenSource();

        var first = app.Login.CompleteSignInAsync(pending, callback, caller.Token);
        var second = app.Login.CompleteSignInAsync(pending, callback, other.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await other.CancelAsync();
        await Failing.AsCancelledAsync(caller, first);
        await Failing.AsCancelledAsync(other, second);
        hold.Release();

        await app.RevokedAsync();
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Null(await app.Login.GetSessionAsync(Stop));
        await Failing.WithAsync(BinanceFailure.InvalidState, app.Login.CompleteSignInAsync(pending, callback, Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Caller_that_cancels_while_the_session_is_written_gets_it()
    {
        await using var app = await NativeApp.StartAsync();
        var (pending, callback) = await BeginAsync(app);
        using var hold = app.Store.Hold("Write");
        using var caller = new CancellationTokenSource();

        var completing = app.Login.CompleteSignInAsync(pending, callback, caller.Token);
        await hold.ArrivedAsync();
        await caller.CancelAsync();
        hold.Release();

        await AssertSignedInOnceAsync(app, await completing);
    }

    private static async Task<(BinancePendingSignIn Pending, Uri Callback)> BeginAsync(NativeApp app)
    {
        var pending = app.Login.BeginSignIn();
        return (pending, (await app.Browser.SignInAsync(pending.Url))!);
    }

    private static async Task AssertSignedInOnceAsync(NativeApp app, BinanceLoginSession session, BinanceLogin? login = null)
    {
        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
        Assert.Equal(1, app.TokenRequests);
        Assert.Equal(1, app.Store.Writes);
        Assert.Equal(0, app.Revocations);
        Assert.True(app.Binance.Tokens.IsLive(await (login ?? app.Login).GetAccessTokenAsync(Stop)));
    }
}
