using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// The time at which an access token is refreshed.
/// </summary>
public sealed class AccessTokenTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Cancellation_of_the_store_is_not_that_of_the_caller()
    {
        await using var app = await NativeApp.SignedInAsync();
        var ofStore = new OperationCanceledException("the store was closed");
        app.Store.Failures["Read"] = ofStore;

        Assert.Same(ofStore, await Assert.ThrowsAsync<OperationCanceledException>(() => app.Login.GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Fresh_token_needs_no_call()
    {
        await using var app = await NativeApp.SignedInAsync();

        var token = await app.Login.GetAccessTokenAsync(Stop);
        app.Advance(NativeApp.Lifetime - TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Empty(app.Binance.Requests);
    }

    [Theory]
    [InlineData(3600, 300, 3300)]
    [InlineData(3600, 0, 3600)]
    [InlineData(3600, 1800, 1800)]
    [InlineData(3600, 36000, 1800)]
    [InlineData(600, 300, 300)]
    [InlineData(60, 300, 30)]
    public async Task Token_is_refreshed_before_its_expiry_or_after_half_of_its_life(int life, int before, int dueAfter)
    {
        await using var app = await NativeApp.SignedInAsync(
            options => options.RefreshBeforeExpiration = TimeSpan.FromSeconds(before),
            options => options.AccessTokenLifetime = TimeSpan.FromSeconds(life));
        var token = await app.Login.GetAccessTokenAsync(Stop);

        for (var i = 1; i <= 3; i++)
        {
            app.Advance(TimeSpan.FromSeconds(dueAfter) - TimeSpan.FromSeconds(1));
            Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
            app.Advance(TimeSpan.FromSeconds(1));
            Assert.NotEqual(token, token = await app.Login.GetAccessTokenAsync(Stop));
            Assert.True(app.Binance.Tokens.IsLive(token));
            Assert.Equal(i, app.TokenRequests);
        }
    }

    [Fact]
    public async Task Session_has_the_expiry_of_the_new_token_and_is_that_of_the_same_user()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.Scope.Add("user:email"));
        app.Expire();

        await app.Login.GetAccessTokenAsync(Stop);

        var session = await app.NewLogin().GetSessionAsync(Stop);
        Assert.Equal(app.Clock.GetUtcNow() + NativeApp.Lifetime, session!.AccessTokenExpiresAt);
        Assert.Equal((BinanceEmulatorDefaults.UserId, "with-email@example.com"), (session.User.UserId, session.User.Email));
    }

    [Fact]
    public async Task Session_continues_after_a_month()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Advance(TimeSpan.FromDays(31));

        var token = await app.NewLogin().GetAccessTokenAsync(Stop);

        Assert.True(app.Binance.Tokens.IsLive(token));
        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Theory]
    [InlineData(RefreshTokenBehavior.Keep)]
    [InlineData(RefreshTokenBehavior.Rotate)]
    [InlineData(RefreshTokenBehavior.RotateAndRevokeOnReuse)]
    public async Task Session_continues_over_many_refreshes(RefreshTokenBehavior behavior)
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = behavior);

        for (var i = 1; i <= 10; i++)
        {
            app.Expire();
            Assert.True(app.Binance.Tokens.IsLive(await (i % 2 is 0 ? app.Login : app.NewLogin()).GetAccessTokenAsync(Stop)));
            Assert.Equal(i, app.TokenRequests);
        }
    }

    [Fact]
    public async Task Refresh_token_is_kept_when_the_response_has_none()
    {
        await using var app = await NativeApp.SignedInAsync(emulator: options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep);
        app.Expire();
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"access_token":"without-another","token_type":"bearer","expires_in":3600}"""));

        Assert.Equal("without-another", await app.Login.GetAccessTokenAsync(Stop));
        app.Expire();

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.Single(app.Refreshes.Select(request => request.Form["refresh_token"]).Distinct());
        Assert.Equal(2, app.TokenRequests);
    }

    [Fact]
    public async Task Without_a_refresh_token_the_session_lasts_as_long_as_the_access_token()
    {
        await using var app = await NativeApp.StartAsync();
        var token = await SignInWithAsync(app, "\"expires_in\":3600");
        app.MakeDue();

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        app.Advance(TimeSpan.FromMinutes(4));
        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.Login.GetAccessTokenAsync(Stop));

        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Token_without_an_expiry_is_not_refreshed()
    {
        await using var app = await NativeApp.StartAsync();
        var refreshToken = app.Binance.Tokens.Issue(NativeApp.ClientId).RefreshToken;
        var token = await SignInWithAsync(app, $"\"refresh_token\":\"{refreshToken}\"");

        app.Advance(TimeSpan.FromDays(3650));

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Null((await app.Login.GetSessionAsync(Stop))!.AccessTokenExpiresAt);
        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Clock_that_is_set_back_a_little_changes_nothing()
    {
        await using var app = await NativeApp.SignedInAsync();
        var token = await app.Login.GetAccessTokenAsync(Stop);

        app.Clock.AdjustTime(app.Clock.GetUtcNow() - TimeSpan.FromMinutes(1));

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(0, app.TokenRequests);
    }

    // Otherwise a token that was issued while the clock was a year ahead would count as valid for a year.
    [Fact]
    public async Task Token_is_refreshed_once_when_the_clock_is_set_back_before_its_issue()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Clock.AdjustTime(app.Clock.GetUtcNow() - TimeSpan.FromDays(365));

        var token = await app.Login.GetAccessTokenAsync(Stop);

        Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));
        Assert.Equal(1, app.TokenRequests);
        Assert.Equal(app.Clock.GetUtcNow() + NativeApp.Lifetime, (await app.Login.GetSessionAsync(Stop))!.AccessTokenExpiresAt);
    }

    // A server may issue the refresh token of the previous session again. The failure of a refresh is kept for 30 seconds.
    [Fact]
    public async Task Failed_refresh_of_a_session_that_was_signed_out_does_not_delay_that_of_the_next_one()
    {
        await using var app = await NativeApp.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            var token = await SignInWithAsync(app, "\"refresh_token\":\"shared\",\"expires_in\":20");
            app.Advance(TimeSpan.FromSeconds(11));
            app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));

            Assert.Equal(token, await app.Login.GetAccessTokenAsync(Stop));

            Assert.Equal("shared", Assert.Single(app.Refreshes).Form["refresh_token"]);
            await app.Login.SignOutAsync(Stop);
        }
    }

    [Fact]
    public async Task Failure_to_read_the_store_is_thrown_and_the_session_stays()
    {
        await using var app = await NativeApp.SignedInAsync();
        var failure = app.Store.Failures["Read"] = new IOException("the disk");

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.GetAccessTokenAsync(Stop)));
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.GetSessionAsync(Stop)));
        app.Store.Failures.Clear();

        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
    }

    // A token response with these members only, and a token of the emulator.
    private static async Task<string> SignInWithAsync(NativeApp app, string members)
    {
        var token = app.Binance.Tokens.Issue(NativeApp.ClientId).AccessToken;
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body($$"""{"access_token":"{{token}}","token_type":"bearer",{{members}}}"""));
        await app.Login.SignInAsync(Stop);
        app.Binance.Requests.Clear();
        return token;
    }
}
