using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A store that cannot be written after a refresh: the old refresh token is used up, and the new one must not be lost.
/// </summary>
public sealed class UnkeptTokensTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Failure_is_thrown_and_the_next_call_stores_the_tokens_without_another_refresh()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);

        Assert.IsType<IOException>(await Record.ExceptionAsync(() => app.Login.GetAccessTokenAsync(Stop)));
        app.Store.Failures.Clear();
        var token = await app.Login.GetAccessTokenAsync(Stop);

        Assert.True(app.Binance.Tokens.IsLive(token));
        Assert.Equal(1, app.TokenRequests);
        Assert.Equal(token, await app.NewLogin().GetAccessTokenAsync(Stop));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_that_cannot_be_read_after_the_refresh_loses_no_tokens(bool isForeign)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        var text = app.Store.Text;
        var (hold, call) = await app.HoldAsync(EmulatorEndpoint.Token, () => app.Login.GetAccessTokenAsync(Stop));
        if (isForeign)
        {
            app.Store.Text = "being written";
        }
        else
        {
            app.Store.Failures["Read"] = new IOException("the disk");
        }

        hold.Release();
        Assert.NotNull(await Record.ExceptionAsync(() => call));
        app.Store.Failures.Clear();
        app.Store.Text = text;

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Tokens_are_stored_when_the_login_is_disposed()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);

        app.Store.Failures.Clear();
        await app.Login.DisposeAsync();

        Assert.True(app.Binance.Tokens.IsLive(await app.NewLogin().GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Broken_store_does_not_fail_the_disposal()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);

        Assert.Null(await Record.ExceptionAsync(() => app.Login.DisposeAsync().AsTask()));

        // The disposal has tried to store the tokens.
        Assert.Equal(2, app.Log.Collector.GetSnapshot().Count(entry => entry.Id.Name == "TokensNotKept"));
        Assert.Equal(1, app.Store.Writes);
    }

    [Fact]
    public async Task Slow_store_delays_the_disposal_until_the_timeout_and_no_longer()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();
        using var hold = app.Store.Hold("Write");

        // The lock and the disposal have the same timeout.
        var waiting = app.Clock.NextWait(TimeSpan.FromSeconds(10), count: 2);
        var disposal = app.Login.DisposeAsync().AsTask();
        await hold.ArrivedAsync();
        await waiting;
        Assert.False(disposal.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(10));

        await disposal.WaitAsync(Stop);
    }

    [Fact]
    public async Task Concurrent_callers_store_them_once()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Store.IsAsynchronous = true;
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();

        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.Login.GetAccessTokenAsync(Stop)));

        Assert.True(app.Binance.Tokens.IsLive(Assert.Single(tokens.Distinct())));
        Assert.Equal(1, app.TokenRequests);
        Assert.Equal(2, app.Store.Writes);
    }

    [Fact]
    public async Task Broken_store_fails_each_call_and_no_refresh_token_is_sent_again()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();

        for (var i = 0; i < 5; i++)
        {
            await BreakAsync(app);
            app.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        app.Store.Failures.Clear();
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Old_token_is_used_while_it_is_valid()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        app.Store.Failures["Write"] = new IOException("the disk");

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        app.Store.Failures.Clear();

        Assert.NotEqual(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Old_token_is_used_while_the_store_is_slow_at_the_next_use()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.MakeDue();
        app.Store.Failures["Write"] = new IOException("the disk");
        await app.Login.GetAccessTokenAsync(Stop);
        app.Store.Failures.Clear();
        using var hold = app.Store.Hold("Write");
        using var caller = new CancellationTokenSource();

        var cancelled = app.Login.GetAccessTokenAsync(caller.Token);
        await hold.ArrivedAsync();
        var call = app.Login.GetAccessTokenAsync(Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, cancelled);
        app.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(token, await call);
    }

    [Fact]
    public async Task Unstored_tokens_that_have_expired_are_refreshed()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();
        app.Expire();

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));

        Assert.Equal(2, app.TokenRequests);
    }

    [Fact]
    public async Task Session_of_another_user_is_not_changed_by_them()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        await app.Login.SignInAsync(Stop);
        var token = await app.Login.GetAccessTokenAsync(Stop);

        app.Expire();
        var renewed = await app.Login.GetAccessTokenAsync(Stop);

        Assert.NotEqual(token, renewed);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, app.Binance.Tokens.AccessTokens.Single(live => live.Value == renewed).UserId);
        await app.Login.DisposeAsync();
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.NewLogin().GetSessionAsync(Stop))!.User.UserId);
    }

    // The server has accepted the old refresh token from two processes.
    [Fact]
    public async Task Tokens_that_another_process_has_stored_meanwhile_are_refreshed_instead_of_them()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();
        const string Body = """{"access_token":"of-another-process","refresh_token":"refresh-of-another-process","token_type":"bearer","expires_in":3600}""";
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body(Body), times: 2);
        Assert.Equal("of-another-process", await app.NewLogin().GetAccessTokenAsync(Stop));
        app.Binance.Requests.Clear();

        app.Expire();
        await app.Login.GetAccessTokenAsync(Stop);

        Assert.Equal("refresh-of-another-process", Assert.Single(app.Refreshes).Form["refresh_token"]);
    }

    [Fact]
    public async Task Sign_out_revokes_the_newest()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();

        Assert.True(await app.Login.SignOutAsync(Stop));

        Assert.Empty(app.Binance.Tokens.AccessTokens);
        Assert.Empty(app.Binance.Tokens.RefreshTokens);
        Assert.Equal((1, 1), (app.TokenRequests, app.Revocations));
        await app.Login.DisposeAsync();
        Assert.Null(app.Store.Text);
    }

    [Fact]
    public async Task Sign_out_in_another_process_is_final_and_leaves_no_token()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Expire();
        await BreakAsync(app);
        app.Store.Failures.Clear();
        app.Store.Text = null;

        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.Login.GetAccessTokenAsync(Stop));
        await app.Login.DisposeAsync();

        Assert.Null(app.Store.Text);
        Assert.Empty(app.Binance.Tokens.AccessTokens);
    }

    private static async Task BreakAsync(NativeApp app)
    {
        var failure = app.Store.Failures["Write"] = new IOException("the disk");
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.GetAccessTokenAsync(Stop)));
    }
}
