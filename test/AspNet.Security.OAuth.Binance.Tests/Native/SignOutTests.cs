using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

public sealed class SignOutTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Session_is_deleted_and_its_newest_token_revoked()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.MakeDue();
        var token = await app.NewLogin().GetAccessTokenAsync(Stop);

        Assert.True(await app.Login.SignOutAsync(Stop));

        Assert.Equal($"Bearer {token}", Assert.Single(app.Binance.Requests.To(EmulatorEndpoint.Revoke)).Authorization);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        await AssertSignedOutAsync(app);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Concurrent_sign_outs_revoke_once(bool isTwoProcesses)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.UseLock();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Revoke);

        var first = app.Login.SignOutAsync(Stop);
        var second = (isTwoProcesses ? app.NewLogin() : app.Login).SignOutAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        hold.Release();

        Assert.All(await Task.WhenAll(first, second), Assert.True);
        Assert.Equal(1, app.Revocations);
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Sign_out_without_a_session_is_no_error_and_no_call()
    {
        await using var app = await NativeApp.StartAsync();

        Assert.True(await app.Login.SignOutAsync(Stop));
        Assert.True(await app.Login.SignOutAsync(Stop));

        Assert.Empty(app.Binance.Requests);
    }

    [Theory]
    [InlineData(503, "")]
    [InlineData(200, """{"code":"000000","success":false,"data":false}""")]
    [InlineData(200, """{"code":"100001001","success":false}""")]
    [InlineData(200, "<html>")]
    public async Task Unconfirmed_revocation_is_reported_and_the_user_is_signed_out(int status, string body)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Body(body, status));

        Assert.False(await app.Login.SignOutAsync(Stop));

        Assert.Equal(1, app.Revocations);
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task User_is_signed_out_and_the_missing_revocation_is_reported_when_Binance_is_unavailable()
    {
        await using var app = await NativeApp.SignedInAsync();
        await app.Binance.DisposeAsync();

        Assert.False(await app.Login.SignOutAsync(Stop));

        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Binance_that_does_not_respond_is_waited_for_until_the_timeout()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.RevocationTimeout = TimeSpan.FromSeconds(3));
        var (_, signOut) = await app.HoldAsync(EmulatorEndpoint.Revoke, () => app.Login.SignOutAsync(Stop));
        Assert.Null(app.Store.Text);
        app.Clock.Advance(TimeSpan.FromSeconds(3));

        Assert.False(await signOut);
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Expired_access_token_is_refreshed_so_that_the_refresh_token_is_revoked_too()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();

        Assert.True(await app.Login.SignOutAsync(Stop));

        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        Assert.Equal((1, 1), (app.TokenRequests, app.Revocations));
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Expired_access_token_whose_refresh_is_refused_needs_no_revocation()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        app.Binance.Tokens.RevokeAll();

        Assert.True(await app.Login.SignOutAsync(Stop));

        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Expired_access_token_without_a_refresh_token_needs_no_revocation()
    {
        await using var app = await NativeApp.StartAsync();
        var token = app.Binance.Tokens.Issue(NativeApp.ClientId).AccessToken;
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body($$"""{"access_token":"{{token}}","expires_in":3600}"""));
        await app.Login.SignInAsync(Stop);
        app.Expire();

        Assert.True(await app.Login.SignOutAsync(Stop));

        await AssertSignedOutAsync(app);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Token)]
    [InlineData(EmulatorEndpoint.Revoke)]
    public async Task Failed_refresh_or_revocation_of_an_expired_access_token_is_reported(EmulatorEndpoint endpoint)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        app.Binance.Faults.Next(endpoint, EmulatorFault.Status(503));

        Assert.False(await app.Login.SignOutAsync(Stop));

        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Refresh_of_an_expired_access_token_is_within_the_timeout()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        var (_, signOut) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.SignOutAsync(Stop));
        app.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await signOut);
        await AssertSignedOutAsync(app);
    }

    [Theory]
    [InlineData("Read")]
    [InlineData("Lock")]
    [InlineData("Delete")]
    public async Task Failure_of_the_store_is_thrown_and_the_session_stays(string operation)
    {
        await using var app = await NativeApp.SignedInAsync();
        var text = app.Store.Text;
        var failure = app.Store.Failures[operation] = new IOException("the disk");

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.SignOutAsync(Stop)));
        app.Store.Failures.Clear();

        Assert.Equal(text, app.Store.Text);
        Assert.Empty(app.Binance.Requests);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.True(await app.Login.SignOutAsync(Stop));
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    // Only a timeout of the lock lets the sign-out proceed without it.
    [Fact]
    public async Task Cancellation_of_the_lock_by_the_store_is_thrown_and_the_session_stays()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.Failures["Lock"] = new OperationCanceledException("the store was closed");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Login.SignOutAsync(Stop));

        Assert.NotNull(app.Store.Text);
        Assert.Empty(app.Binance.Requests);
    }

    [Fact]
    public async Task Sign_out_that_is_cancelled_before_it_begins_changes_nothing()
    {
        await using var app = await NativeApp.SignedInAsync();
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Failing.AsCancelledAsync(caller, app.Login.SignOutAsync(caller.Token));

        Assert.NotNull(app.Store.Text);
        Assert.Empty(app.Binance.Requests);
    }

    [Theory]
    [InlineData(EmulatorEndpoint.Revoke)]
    [InlineData(EmulatorEndpoint.Token)]
    public async Task User_is_signed_out_when_the_sign_out_is_cancelled_during_the_revocation(EmulatorEndpoint endpoint)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await app.CancelAsync(endpoint, app.Login.SignOutAsync);
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task User_can_sign_in_again_and_out_again()
    {
        await using var app = await NativeApp.SignedInAsync();

        for (var i = 0; i < 3; i++)
        {
            Assert.True(await app.Login.SignOutAsync(Stop));
            await app.Login.SignInAsync(Stop);
            app.Expire();
            Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        }
    }

    private static async Task AssertSignedOutAsync(NativeApp app)
    {
        Assert.Null(app.Store.Text);
        foreach (var login in new[] { app.Login, app.NewLogin() })
        {
            Assert.Null(await login.GetSessionAsync(Stop));
            await Failing.WithAsync(BinanceFailure.NotSignedIn, login.GetAccessTokenAsync(Stop));
            Assert.True(await login.SignOutAsync(Stop));
        }
    }
}
