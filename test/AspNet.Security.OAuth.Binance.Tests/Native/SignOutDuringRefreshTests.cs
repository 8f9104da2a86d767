using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A sign-out and a sign-in do not wait for a refresh that takes long, and the refresh changes neither.
/// </summary>
public sealed class SignOutDuringRefreshTests
{
    private static readonly TimeSpan _revocationTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Sign_out_is_bounded_and_nobody_brings_the_session_back(bool isAnotherProcess, bool isExpired)
    {
        await using var app = await SignedInAsync();
        var other = isAnotherProcess ? app.NewLogin() : app.Login;
        var old = await app.Login.GetAccessTokenAsync(Stop);
        app.Pass(isExpired ? NativeApp.Lifetime : NativeApp.Lifetime - TimeSpan.FromMinutes(4));
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);

        var waiting = app.Clock.NextWait(_revocationTimeout / 2);
        var signOut = other.SignOutAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout / 2);
        Assert.Equal(!isExpired, await signOut);
        Assert.Null(app.Store.Text);
        hold.Release();

        if (isExpired)
        {
            await AssertNoTokenAsync(caller);
            await app.RevokedAsync(2);
        }
        else
        {
            // Two seconds before the sign-out.
            Assert.Equal(old, await caller);
        }

        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        Assert.Null(app.Store.Text);
        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.Login.GetAccessTokenAsync(Stop));
    }

    [Fact]
    public async Task Sign_out_waits_for_a_refresh_that_ends_in_time_and_revokes_its_token()
    {
        await using var app = await SignedInAsync();
        app.Expire();
        using var hold = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await hold.WaitForCallsAsync(1, Stop);

        var waiting = app.Clock.NextWait(_revocationTimeout / 2);
        var signOut = app.NewLogin().SignOutAsync(Stop);
        await waiting;
        hold.Release();

        Assert.True(await signOut);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        Assert.Equal((1, 1), (app.TokenRequests, app.Revocations));
        Assert.Null(app.Store.Text);
        await Record.ExceptionAsync(() => caller);
    }

    [Fact]
    public async Task Sign_out_while_new_tokens_are_written_is_not_undone()
    {
        await using var app = await SignedInAsync();
        app.Expire();
        using var hold = app.Store.Hold("Write");
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await hold.ArrivedAsync();

        var waiting = app.Clock.NextWait(_revocationTimeout / 2);
        var signOut = app.Login.SignOutAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout / 2);
        await signOut;
        hold.Release();

        await AssertNoTokenAsync(caller);
        Assert.Null(app.Store.Text);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task New_sign_in_stays_and_callers_of_the_old_session_do_not_get_its_token(bool isExpired)
    {
        await using var app = await SignedInAsync();
        var old = await app.Login.GetAccessTokenAsync(Stop);
        app.Pass(isExpired ? NativeApp.Lifetime : NativeApp.Lifetime - TimeSpan.FromMinutes(4));
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromMinutes(1)));
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await app.Binance.Requests.WaitForAsync(request => request.GrantType is "refresh_token", Stop);

        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var waiting = app.Clock.NextWait(_revocationTimeout);
        var signIn = app.Login.SignInAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout);
        await signIn;
        app.Binance.Clock.Advance(TimeSpan.FromMinutes(1));

        if (isExpired)
        {
            await AssertNoTokenAsync(caller);
        }
        else
        {
            Assert.Equal(old, await caller);
        }

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        var token = await app.Login.GetAccessTokenAsync(Stop);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, app.Binance.Tokens.AccessTokens.Single(live => live.Value == token).UserId);
        app.Expire();
        token = await app.Login.GetAccessTokenAsync(Stop);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, app.Binance.Tokens.AccessTokens.Single(live => live.Value == token).UserId);
    }

    [Fact]
    public async Task Sign_out_and_new_sign_in_by_another_process_leave_the_old_callers_without_a_token()
    {
        await using var app = await SignedInAsync();
        app.Expire();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromMinutes(1)));
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await app.Binance.Requests.WaitForAsync(request => request.GrantType is "refresh_token", Stop);

        var other = app.NewLogin();
        var waiting = app.Clock.NextWait(_revocationTimeout / 2);
        var signOut = other.SignOutAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout / 2);
        await signOut;
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        waiting = app.Clock.NextWait(_revocationTimeout);
        var signIn = other.SignInAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout);
        await signIn;
        app.Binance.Clock.Advance(TimeSpan.FromMinutes(1));

        await AssertNoTokenAsync(caller);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
    }

    [Fact]
    public async Task Caller_that_waits_for_the_lock_while_another_user_signs_in_gets_no_token()
    {
        await using var app = await SignedInAsync();
        app.Expire();
        var held = await app.Store.LockAsync(Stop);
        var caller = app.Login.GetAccessTokenAsync(Stop);

        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var waiting = app.Clock.NextWait(_revocationTimeout);
        var signIn = app.NewLogin().SignInAsync(Stop);
        await waiting;
        app.Clock.Advance(_revocationTimeout);
        await signIn;
        await held!.DisposeAsync();

        await AssertNoTokenAsync(caller);
        Assert.Empty(app.Refreshes);
    }

    [Fact]
    public async Task Sign_out_among_many_callers_of_two_processes_leaves_no_token_and_no_session()
    {
        await using var app = await SignedInAsync();
        app.Store.IsAsynchronous = true;
        BinanceLogin[] logins = [app.Login, app.NewLogin()];

        for (var round = 0; round < 20; round++)
        {
            app.Expire();
            List<Task> callers = [];
            Task<bool>? signOut = null;
            for (var i = 0; i < 20; i++)
            {
                var login = logins[i % 2];
                callers.Add(Task.Run(() => login.GetAccessTokenAsync(Stop), Stop));
                signOut = i == round ? Task.Run(() => login.SignOutAsync(Stop), Stop) : signOut;
            }

            foreach (var caller in callers)
            {
                Assert.True(await Record.ExceptionAsync(() => caller) is null or BinanceAuthenticationException { Failure: BinanceFailure.NotSignedIn });
            }

            Assert.True(await signOut!);
            Assert.Null(app.Store.Text);
            Assert.Empty(app.Binance.Tokens.AccessTokens);
            Assert.Empty(app.Binance.Tokens.RefreshTokens);
            await app.Login.SignInAsync(Stop);
        }

        var sent = app.Refreshes.Select(request => request.Form["refresh_token"]).ToList();
        Assert.Equal(sent.Distinct(), sent);
    }

    private static async Task<NativeApp> SignedInAsync()
    {
        var app = await NativeApp.SignedInAsync(options => options.RevocationTimeout = _revocationTimeout);
        app.Store.UseLock();
        return app;
    }

    private static async Task AssertNoTokenAsync(Task<string> caller)
    {
        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => caller);
        Assert.Contains(exception.Failure, new[] { BinanceFailure.NotSignedIn, BinanceFailure.InvalidGrant });
    }
}
