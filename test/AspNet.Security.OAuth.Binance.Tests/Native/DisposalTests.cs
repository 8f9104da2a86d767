using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A login that is disposed during its operations.
/// </summary>
public sealed class DisposalTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Every_method_of_a_disposed_login_throws_and_disposing_again_does_nothing()
    {
        await using var app = await NativeApp.SignedInAsync();
        var pending = app.Login.BeginSignIn();

        await app.Login.DisposeAsync();
        await app.Login.DisposeAsync();
        app.Login.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Login.SignInAsync(Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Login.GetSessionAsync(Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Login.GetAccessTokenAsync(Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Login.SignOutAsync(Stop));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => app.Login.CompleteSignInAsync(pending, new($"{NativeApp.RedirectUri}?code=1"), Stop));
        Assert.Throws<ObjectDisposedException>(app.Login.BeginSignIn);
        Assert.NotNull(app.Store.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Running_sign_in_is_cancelled_and_its_browser_closed(bool isAsynchronous)
    {
        await using var app = await NativeApp.StartAsync();
        app.Browser.OnOpen = ScriptedBrowser.StayOpenAsync;
        var signIn = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(1);

        if (isAsynchronous)
        {
            await app.Login.DisposeAsync();
        }
        else
        {
            app.Login.Dispose();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        Assert.True(app.Browser.CloseRequested.IsCancellationRequested);
    }

    [Fact]
    public async Task Port_of_a_sign_in_is_closed_when_the_disposal_is_complete()
    {
        await using var app = await NativeApp.StartAsync(options => options.RedirectUri = "http://127.0.0.1/signin-binance");
        app.Browser.OnOpen = ScriptedBrowser.StayOpenAsync;
        var signIn = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(1);
        var redirectUri = app.Browser.Opened[0].RedirectUri;

        await app.Login.DisposeAsync();

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(async () => await client.ConnectAsync(redirectUri.Host, redirectUri.Port, Stop));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
    }

    // A store may ignore the cancellation.
    [Fact]
    public async Task Running_sign_in_is_waited_for_until_it_has_ended()
    {
        await using var app = await NativeApp.StartAsync();
        using var hold = app.Store.Hold("Read");
        var signIn = app.Login.SignInAsync(Stop);
        await hold.ArrivedAsync();

        var waiting = app.Clock.NextWait(TimeSpan.FromSeconds(10));
        var disposal = app.Login.DisposeAsync().AsTask();
        await waiting;
        Assert.False(disposal.IsCompleted);
        hold.Release();

        await disposal.WaitAsync(Stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
    }

    [Fact]
    public async Task Sign_in_that_exchanges_its_code_leaves_no_token()
    {
        await using var app = await NativeApp.StartAsync();
        var (hold, signIn) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.SignInAsync(Stop));

        var disposal = app.Login.DisposeAsync().AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => signIn);
        Assert.False(disposal.IsCompleted);
        hold.Release();
        await disposal;

        Assert.Equal(1, app.Revocations);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Null(app.Store.Text);
    }

    [Fact]
    public async Task Sign_in_of_a_callback_that_exchanges_its_code_is_completed()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();
        var callback = (await app.Browser.SignInAsync(pending.Url))!;
        var (hold, completing) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.CompleteSignInAsync(pending, callback, Stop));

        var disposal = app.Login.DisposeAsync().AsTask();
        hold.Release();
        await disposal;

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await completing).User.UserId);
        Assert.True(app.Binance.Tokens.IsLive(await app.NewLogin().GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Disposal_waits_for_no_lock_when_all_tokens_are_stored()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var hold = app.Store.Hold("Lock");

        await app.Login.DisposeAsync().AsTask().WaitAsync(Stop);

        Assert.NotNull(app.Store.Text);
    }

    [Fact]
    public async Task Tokens_of_a_running_refresh_are_stored()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        var (hold, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));

        var disposal = app.Login.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        hold.Release();
        await disposal;

        Assert.Equal(2, app.Store.Writes);
        Assert.Equal(await call, await app.NewLogin().GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Refresh_without_a_response_is_waited_for_until_the_timeout()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        var (_, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));

        var waiting = app.Clock.NextWait(TimeSpan.FromSeconds(10));
        var disposal = app.Login.DisposeAsync().AsTask();
        await waiting;
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        await disposal;
        await Failing.WithAsync(BinanceFailure.Timeout, call);
        Assert.NotNull(app.Store.Text);
    }

    [Fact]
    public async Task Running_sign_out_is_completed()
    {
        await using var app = await NativeApp.SignedInAsync();
        var (hold, signOut) = await app.HoldAsync(EmulatorEndpoint.Revoke, () => app.Login.SignOutAsync(Stop));

        var disposal = app.Login.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        hold.Release();
        await disposal;

        Assert.True(await signOut);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.Revoke)]
    public async Task Synchronous_disposal_ends_calls_with_a_failure(EmulatorEndpoint endpoint)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        using var hold = app.Binance.Faults.Hold(endpoint);
        var call = endpoint is EmulatorEndpoint.Token ? app.Login.GetAccessTokenAsync(Stop) : (Task)app.Login.SignOutAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);

        app.Login.Dispose();

        if (call is Task<bool> signOut)
        {
            Assert.False(await signOut);
        }
        else
        {
            await Assert.ThrowsAsync<BinanceAuthenticationException>(() => call);
            Assert.NotNull(app.Store.Text);
        }
    }
}
