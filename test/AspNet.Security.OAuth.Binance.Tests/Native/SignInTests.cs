using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

public sealed class SignInTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    public static TheoryData<string> Foreign { get; } =
    [
        "",
        "null",
        "{}",
        "[]",
        "another application's text",
        "{\"accessToken\":\"a-foreign-token\",\"refreshToken\":null}",
        "\ud800a-foreign-text",
    ];

    [Fact]
    public async Task User_is_the_one_of_user_info_and_the_session_is_kept()
    {
        await using var app = await NativeApp.StartAsync(options => options.Scope.Add("user:email"));

        var session = await app.Login.SignInAsync(Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
        Assert.Equal("with-email@example.com", session.User.Email);
        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.Raw.GetProperty("userId").GetString());
        Assert.Equal(app.Clock.GetUtcNow() + NativeApp.Lifetime, session.AccessTokenExpiresAt);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Account_without_an_address_signs_in()
    {
        await using var app = await NativeApp.StartAsync(options => options.Scope.Add("user:email"));
        app.Browser.UserId = BinanceEmulatorDefaults.UserIdWithoutEmail;

        var session = await app.Login.SignInAsync(Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserIdWithoutEmail, session.User.UserId);
        Assert.Null(session.User.Email);
    }

    [Fact]
    public async Task There_is_no_session_before_the_first_sign_in()
    {
        await using var app = await NativeApp.StartAsync();

        Assert.Null(await app.Login.GetSessionAsync(Stop));
        await Failing.WithAsync(BinanceFailure.NotSignedIn, app.Login.GetAccessTokenAsync(Stop));

        Assert.Empty(app.Binance.Requests);
    }

    [Fact]
    public async Task Next_start_of_the_application_is_still_signed_in_without_a_call()
    {
        await using var app = await NativeApp.StartAsync(options => options.Scope.Add("user:email"));
        var session = await app.Login.SignInAsync(Stop);
        await app.Login.DisposeAsync();
        app.Binance.Requests.Clear();
        var next = app.NewLogin();

        var kept = await next.GetSessionAsync(Stop);
        var token = await next.GetAccessTokenAsync(Stop);

        Assert.Equal((session.User.UserId, session.User.Email), (kept!.User.UserId, kept.User.Email));
        Assert.Equal(session.AccessTokenExpiresAt, kept.AccessTokenExpiresAt);
        Assert.True(app.Binance.Tokens.IsLive(token));
        Assert.Empty(app.Binance.Requests);
    }

    [Fact]
    public async Task Without_a_store_the_session_is_kept_as_long_as_the_login()
    {
        await using var app = await NativeApp.StartAsync(options => options.TokenStore = null);

        await app.Login.SignInAsync(Stop);

        Assert.NotNull(await app.Login.GetSessionAsync(Stop));
        Assert.Null(await app.NewLogin().GetSessionAsync(Stop));
        Assert.True(await app.Login.SignOutAsync(Stop));
        Assert.Null(await app.Login.GetSessionAsync(Stop));
    }

    [Fact]
    public async Task Another_sign_in_replaces_the_session_and_revokes_nothing()
    {
        await using var app = await NativeApp.StartAsync();
        await app.Login.SignInAsync(Stop);
        var first = await app.Login.GetAccessTokenAsync(Stop);

        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var session = await app.Login.SignInAsync(Stop);

        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, session.User.UserId);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.NotEqual(first, await app.Login.GetAccessTokenAsync(Stop));
        Assert.True(app.Binance.Tokens.IsLive(first));
        Assert.Equal(0, app.Revocations);
    }

    [Fact]
    public async Task Store_that_cannot_be_read_fails_the_sign_in_before_the_browser_is_opened()
    {
        await using var app = await NativeApp.StartAsync();
        var failure = app.Store.Failures["Read"] = new IOException("the disk");

        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => app.Login.SignInAsync(Stop)));

        Assert.Empty(app.Browser.Opened);
    }

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Foreign_text_in_the_store_fails_every_call_and_is_not_changed(string text)
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();
        var callback = await app.Browser.SignInAsync(pending.Url);
        app.Store.Text = text;

        var exceptions = new[]
        {
            await Failing.WithAsync(BinanceFailure.StoreUnavailable, app.Login.SignInAsync(Stop)),
            await Failing.WithAsync(BinanceFailure.StoreUnavailable, app.Login.CompleteSignInAsync(pending, callback!, Stop)),
            await Failing.WithAsync(BinanceFailure.StoreUnavailable, app.Login.GetSessionAsync(Stop)),
            await Failing.WithAsync(BinanceFailure.StoreUnavailable, app.Login.GetAccessTokenAsync(Stop)),
            await Failing.WithAsync(BinanceFailure.StoreUnavailable, app.Login.SignOutAsync(Stop)),
        };

        Assert.Equal(text, app.Store.Text);
        Assert.Empty(app.Browser.Opened);
        Assert.Equal(0, app.TokenRequests);
        Assert.All(exceptions, exception => Assert.DoesNotContain("foreign", exception.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Session_of_another_client_or_server_is_not_used_and_not_changed()
    {
        await using var app = await NativeApp.SignedInAsync();
        var (text, otherClient) = (app.Store.Text, app.NewLogin(options => options.ClientId = NativeApp.OtherClientId));
        var otherServer = app.NewLogin(options => options.Endpoints = BinanceEndpoints.Production);

        await Failing.WithAsync(BinanceFailure.StoreUnavailable, otherClient.GetAccessTokenAsync(Stop));
        await Failing.WithAsync(BinanceFailure.StoreUnavailable, otherClient.SignOutAsync(Stop));
        await Failing.WithAsync(BinanceFailure.StoreUnavailable, otherServer.GetAccessTokenAsync(Stop));
        await Failing.WithAsync(BinanceFailure.StoreUnavailable, otherServer.SignInAsync(Stop));

        Assert.Equal(text, app.Store.Text);
        Assert.Empty(app.Binance.Requests);
    }
}
