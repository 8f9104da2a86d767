using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A sign-in whose callback the platform passes to the application, possibly to another process of it.
/// </summary>
public sealed class PendingSignInTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Callback_completes_the_sign_in()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();

        var session = await app.Login.CompleteSignInAsync(pending, await CallbackAsync(app, pending), Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
        Assert.Equal(NativeApp.RedirectUri, pending.RedirectUri.OriginalString);
        Assert.Equal(TestTime.Origin + TimeSpan.FromMinutes(15), pending.ExpiresAt);
        Assert.Equal(session.User.UserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
    }

    [Fact]
    public async Task Sign_in_that_one_process_begins_is_completed_by_another()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();
        var text = pending.Serialize();
        await app.Login.DisposeAsync();
        var next = app.NewLogin();

        var read = BinancePendingSignIn.Deserialize(text);
        var session = await next.CompleteSignInAsync(read, await CallbackAsync(app, read), Stop);

        Assert.Equal((pending.Url, pending.RedirectUri, pending.ExpiresAt), (read.Url, read.RedirectUri, read.ExpiresAt));
        Assert.Equal(text, read.Serialize());
        Assert.Equal(BinanceEmulatorDefaults.UserId, session.User.UserId);
        Assert.True(app.Binance.Tokens.IsLive(await next.GetAccessTokenAsync(Stop)));
    }

    [Fact]
    public async Task Last_of_several_completed_sign_ins_is_the_session()
    {
        await using var app = await NativeApp.StartAsync();
        var (first, second) = (app.Login.BeginSignIn(), app.Login.BeginSignIn());
        var ofFirst = await CallbackAsync(app, first);
        app.Browser.UserId = BinanceEmulatorDefaults.SecondUserId;
        var ofSecond = await CallbackAsync(app, second);

        await Failing.WithAsync(BinanceFailure.InvalidState, app.Login.CompleteSignInAsync(first, ofSecond, Stop));
        await app.Login.CompleteSignInAsync(second, ofSecond, Stop);
        await app.Login.CompleteSignInAsync(first, ofFirst, Stop);

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
    }

    [Theory]
    [InlineData("code=a-code", BinanceFailure.InvalidState)]
    [InlineData("code=a-code&state=another", BinanceFailure.InvalidState)]
    [InlineData("error=access_denied&state=another", BinanceFailure.InvalidState)]
    [InlineData("code=one&code=two&state={0}", BinanceFailure.InvalidCallback)]
    [InlineData("state={0}", BinanceFailure.InvalidCallback)]
    [InlineData("state={0}&state={0}&code=a-code", BinanceFailure.InvalidCallback)]
    public async Task Callback_of_another_sign_in_is_refused_and_does_not_end_this_one(string query, BinanceFailure failure)
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();
        var callback = await CallbackAsync(app, pending);
        var wrong = string.Format(null, query, System.Web.HttpUtility.ParseQueryString(pending.Url.Query)["state"]);

        await Failing.WithAsync(failure, app.Login.CompleteSignInAsync(pending, new($"{NativeApp.RedirectUri}?{wrong}"), Stop));
        Assert.Equal(0, app.TokenRequests);

        Assert.NotNull(await app.Login.CompleteSignInAsync(pending, callback, Stop));
    }

    [Fact]
    public async Task Sign_in_fails_as_cancelled_when_the_user_cancels_on_the_page()
    {
        await using var app = await NativeApp.SignedInAsync();
        var pending = app.Login.BeginSignIn();
        var callback = (await app.Browser.CancelAsync(pending.Url))!;

        var exception = await Failing.WithAsync(BinanceFailure.Cancelled, app.Login.CompleteSignInAsync(pending, callback, Stop));

        Assert.Equal("access_denied", exception.Error);
        Assert.Equal(0, app.TokenRequests);
        Assert.NotNull(await app.Login.GetSessionAsync(Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_in_that_is_completed_after_15_minutes_fails_as_abandoned(bool isAnotherProcess)
    {
        await using var app = await NativeApp.StartAsync(emulator: options => options.CodeLifetime = TimeSpan.FromHours(1));
        var pending = app.Login.BeginSignIn();
        var callback = await CallbackAsync(app, pending);
        var login = isAnotherProcess ? app.NewLogin() : app.Login;

        app.Clock.Advance(TimeSpan.FromMinutes(15));

        await Failing.WithAsync(BinanceFailure.Abandoned, login.CompleteSignInAsync(pending, callback, Stop));
        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Sign_in_that_is_completed_within_15_minutes_succeeds()
    {
        await using var app = await NativeApp.StartAsync(emulator: options => options.CodeLifetime = TimeSpan.FromHours(1));
        var pending = app.Login.BeginSignIn();
        var callback = await CallbackAsync(app, pending);

        app.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));

        Assert.NotNull(await app.Login.CompleteSignInAsync(pending, callback, Stop));
    }

    [Fact]
    public async Task Sign_in_of_another_client_or_server_fails_as_an_invalid_state()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();
        var callback = await CallbackAsync(app, pending);

        var otherClient = app.NewLogin(options => options.ClientId = NativeApp.OtherClientId);
        await Failing.WithAsync(BinanceFailure.InvalidState, otherClient.CompleteSignInAsync(pending, callback, Stop));
        var otherServer = app.NewLogin(options => options.Endpoints = BinanceEndpoints.Production);
        await Failing.WithAsync(BinanceFailure.InvalidState, otherServer.CompleteSignInAsync(pending, callback, Stop));

        Assert.Equal(0, app.TokenRequests);
    }

    [Fact]
    public async Task Sign_in_with_another_redirect_uri_is_completed_with_that_one()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.NewLogin(options => options.RedirectUri = "com.example.app:/other").BeginSignIn();

        Assert.NotNull(await app.Login.CompleteSignInAsync(pending, await CallbackAsync(app, pending), Stop));
    }

    [Fact]
    public async Task Cancelled_call_does_not_use_up_the_code()
    {
        await using var app = await NativeApp.StartAsync(options => options.TokenStore = null);
        var pending = app.Login.BeginSignIn();
        var callback = await CallbackAsync(app, pending);
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Failing.AsCancelledAsync(caller, app.Login.CompleteSignInAsync(pending, callback, caller.Token));

        Assert.NotNull(await app.Login.CompleteSignInAsync(pending, callback, Stop));
        Assert.Equal(1, app.TokenRequests);
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        await using var app = await NativeApp.StartAsync();
        var pending = app.Login.BeginSignIn();

        await Assert.ThrowsAsync<ArgumentNullException>("pending", () => app.Login.CompleteSignInAsync(null!, new("com.example.app:/"), Stop));
        await Assert.ThrowsAsync<ArgumentNullException>("callback", () => app.Login.CompleteSignInAsync(pending, null!, Stop));
        await Failing.WithAsync(BinanceFailure.InvalidState, app.Login.CompleteSignInAsync(pending, new("relative", UriKind.Relative), Stop));
    }

    private static async Task<Uri> CallbackAsync(NativeApp app, BinancePendingSignIn pending) => (await app.Browser.SignInAsync(pending.Url))!;
}
