using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A sign-out and a sign-in during a slow refresh: neither waits for it longer than its timeout, and the refresh changes neither.
/// </summary>
public sealed class NativeSignOutDuringRefreshTests
{
    private static readonly TimeSpan _revocationTimeout = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestTimeout.Token;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Sign_out_is_bounded_and_final(bool isAnotherProcess, bool isExpired)
    {
        await using var app = await SignedInAsync();
        var other = isAnotherProcess ? app.NewLogin() : app.Login;
        var old = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue(isExpired);
        var (hold, caller) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));

        var signOut = await app.TimeOutAsync(_revocationTimeout / 2, () => other.SignOutAsync(Stop));
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
            // The caller with a valid token has returned after two seconds, before the sign-out.
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
        var (hold, caller) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));

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

        var signOut = await app.TimeOutAsync(_revocationTimeout / 2, () => app.Login.SignOutAsync(Stop));
        await signOut;
        hold.Release();

        await AssertNoTokenAsync(caller);
        Assert.Null(app.Store.Text);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task New_session_stays_and_callers_of_the_old_one_do_not_get_its_token(bool isExpired)
    {
        await using var app = await SignedInAsync();
        var old = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue(isExpired);
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Delay(TimeSpan.FromMinutes(1)));
        var caller = app.Login.GetAccessTokenAsync(Stop);
        await app.Binance.Requests.WaitForAsync(request => request.GrantType is "refresh_token", Stop);

        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var signIn = await app.TimeOutAsync(_revocationTimeout, () => app.Login.SignInAsync(Stop));
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
        var signOut = await app.TimeOutAsync(_revocationTimeout / 2, () => other.SignOutAsync(Stop));
        await signOut;
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var signIn = await app.TimeOutAsync(_revocationTimeout, () => other.SignInAsync(Stop));
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
        var signIn = await app.TimeOutAsync(_revocationTimeout, () => app.NewLogin().SignInAsync(Stop));
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
