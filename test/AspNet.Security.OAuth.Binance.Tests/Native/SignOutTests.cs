using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

public sealed class SignOutTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Session_is_deleted_and_its_newest_token_revoked()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.BecomeDue();
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
    public async Task At_once_it_revokes_once(bool isTwoProcesses)
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
    public async Task Nobody_signed_in_is_no_error_and_no_call()
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
    public async Task Revocation_that_Binance_does_not_confirm_is_told_and_the_user_is_signed_out(int status, string body)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Binance.Faults.Next(EmulatorEndpoint.Revoke, EmulatorFault.Body(body, status));

        Assert.False(await app.Login.SignOutAsync(Stop));

        Assert.Equal(1, app.Revocations);
        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Binance_is_down()
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
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Revoke);

        var signOut = app.Login.SignOutAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
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
    public async Task Expired_access_token_whose_refresh_is_refused_is_no_token_that_is_left()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        app.Binance.Tokens.RevokeAll();

        Assert.True(await app.Login.SignOutAsync(Stop));

        await AssertSignedOutAsync(app);
    }

    [Fact]
    public async Task Expired_access_token_without_a_refresh_token_is_no_token_that_is_left()
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
    public async Task Expired_access_token_that_cannot_be_refreshed_or_revoked_is_told(EmulatorEndpoint endpoint)
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
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);

        var signOut = app.Login.SignOutAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);
        app.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.False(await signOut);
        await AssertSignedOutAsync(app);
    }

    [Theory]
    [InlineData("Read")]
    [InlineData("Lock")]
    [InlineData("Delete")]
    public async Task Store_that_fails_is_the_caller_s_exception_and_the_session_goes_on(string operation)
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

    [Fact]
    public async Task Cancelled_before_it_began_changes_nothing()
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
    public async Task Cancelled_during_the_revocation_the_user_is_signed_out(EmulatorEndpoint endpoint)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        using var hold = app.Binance.Faults.Hold(endpoint);
        using var caller = new CancellationTokenSource();

        var signOut = app.Login.SignOutAsync(caller.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();

        await Failing.AsCancelledAsync(caller, signOut);
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
