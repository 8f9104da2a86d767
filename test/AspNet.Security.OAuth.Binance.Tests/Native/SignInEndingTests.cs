using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// Failures of a sign-in before the code. Each keeps the earlier session, closes the browser, and allows another sign-in.
/// </summary>
public sealed class SignInEndingTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Sign_in_fails_as_cancelled_when_the_user_cancels_on_the_page()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (request, _) => app.Browser.CancelAsync(request.Url);

        var exception = await Failing.WithAsync(BinanceFailure.Cancelled, app.Login.SignInAsync(Stop));

        Assert.Equal("access_denied", exception.Error);
        await AssertUntouchedAsync(app);
    }

    [Theory]
    [InlineData("server_error")]
    [InlineData("invalid_scope")]
    [InlineData("something_new")]
    public async Task Sign_in_fails_as_an_authorization_error_for_another_error_in_the_callback(string error)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (request, _) => CallbackAsync(request, $"error={error}");

        var exception = await Failing.WithAsync(BinanceFailure.AuthorizationError, app.Login.SignInAsync(Stop));

        Assert.Equal(error, exception.Error);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_fails_as_abandoned_when_the_window_is_closed_at_once()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (_, _) => throw new OperationCanceledException("closed");

        await Failing.WithAsync(BinanceFailure.Abandoned, app.Login.SignInAsync(Stop));

        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_fails_as_abandoned_when_the_window_is_closed_later()
    {
        await using var app = await NativeApp.SignedInAsync();
        var window = new TaskCompletionSource<Uri?>();
        app.Browser.OnOpen = (_, _) => window.Task;

        var signIn = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(2);
        window.SetCanceled(Stop);

        await Failing.WithAsync(BinanceFailure.Abandoned, signIn);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_fails_as_abandoned_after_five_minutes()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = ScriptedBrowser.StayOpenAsync;

        var signIn = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(2);
        app.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.False(signIn.IsCompleted);
        app.Clock.Advance(TimeSpan.FromSeconds(1));

        await Failing.WithAsync(BinanceFailure.Abandoned, signIn);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_fails_as_abandoned_after_its_timeout_when_the_browser_cannot_be_closed()
    {
        await using var app = await NativeApp.SignedInAsync(options => options.SignInTimeout = TimeSpan.FromMinutes(1));
        var late = new TaskCompletionSource<Uri?>();
        app.Browser.OnOpen = (_, _) => late.Task;

        var signIn = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(2);
        app.Clock.Advance(TimeSpan.FromMinutes(1));

        await Failing.WithAsync(BinanceFailure.Abandoned, signIn);
        late.SetResult(await app.Browser.SignInAsync(app.Browser.Opened[^1].Url));
        await AssertUntouchedAsync(app);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sign_in_is_cancelled_when_its_caller_cancels(bool browserListens)
    {
        await using var app = await NativeApp.SignedInAsync();
        using var caller = new CancellationTokenSource();
        var window = new TaskCompletionSource<Uri?>();
        app.Browser.OnOpen = browserListens ? ScriptedBrowser.StayOpenAsync : (_, _) => window.Task;

        var signIn = app.Login.SignInAsync(caller.Token);
        await app.Browser.OpenedAsync(2);
        await caller.CancelAsync();

        await Failing.AsCancelledAsync(caller, signIn);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_that_is_cancelled_before_it_begins_opens_no_browser()
    {
        await using var app = await NativeApp.StartAsync(options => options.TokenStore = null);
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        await Failing.AsCancelledAsync(caller, app.Login.SignInAsync(caller.Token));

        Assert.Empty(app.Browser.Opened);
        Assert.NotNull(await app.Login.SignInAsync(Stop));
    }

    [Fact]
    public async Task Sign_in_that_is_cancelled_before_it_begins_ends_as_cancelled_although_another_one_is_in_progress()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = ScriptedBrowser.StayOpenAsync;
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var signIn = app.Login.SignInAsync(first.Token);
        await app.Browser.OpenedAsync(2);
        await second.CancelAsync();

        await Failing.AsCancelledAsync(second, app.Login.SignInAsync(second.Token));

        await first.CancelAsync();
        await Failing.AsCancelledAsync(first, signIn);
    }

    [Fact]
    public async Task Sign_in_fails_as_browser_unavailable_when_the_browser_throws()
    {
        await using var app = await NativeApp.SignedInAsync();
        var reason = new InvalidOperationException("no display");
        app.Browser.OnOpen = (_, _) => throw reason;

        var exception = await Failing.WithAsync(BinanceFailure.BrowserUnavailable, app.Login.SignInAsync(Stop));

        Assert.Same(reason, exception.InnerException);
        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Failure_that_the_browser_reports_is_thrown_unchanged()
    {
        await using var app = await NativeApp.SignedInAsync();
        var reason = new BinanceAuthenticationException(BinanceFailure.BrowserUnavailable, "no display");
        app.Browser.OnOpen = (_, _) => Task.FromException<Uri?>(reason);

        Assert.Same(reason, await Assert.ThrowsAsync<BinanceAuthenticationException>(() => app.Login.SignInAsync(Stop)));

        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Sign_in_throws_when_the_browser_returns_no_callback()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (_, _) => Task.FromResult<Uri?>(null);

        await Assert.ThrowsAsync<InvalidOperationException>(() => app.Login.SignInAsync(Stop));

        await AssertUntouchedAsync(app);
    }

    [Theory]
    [InlineData("code=a-code", BinanceFailure.InvalidState)]
    [InlineData("code=a-code&state=another", BinanceFailure.InvalidState)]
    [InlineData("error=access_denied", BinanceFailure.InvalidState)]
    [InlineData("", BinanceFailure.InvalidState)]
    [InlineData("state=another&state=one-more", BinanceFailure.InvalidCallback)]
    public async Task Callback_without_the_state_of_the_sign_in_fails_it(string query, BinanceFailure failure)
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (_, _) => Task.FromResult<Uri?>(new($"{NativeApp.RedirectUri}?{query}"));

        await Failing.WithAsync(failure, app.Login.SignInAsync(Stop));

        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Callback_without_a_code_or_an_error_fails_the_sign_in()
    {
        await using var app = await NativeApp.SignedInAsync();
        app.Browser.OnOpen = (request, _) => CallbackAsync(request, "code=");

        await Failing.WithAsync(BinanceFailure.InvalidCallback, app.Login.SignInAsync(Stop));

        await AssertUntouchedAsync(app);
    }

    [Fact]
    public async Task Second_sign_in_fails_while_one_is_in_progress()
    {
        await using var app = await NativeApp.StartAsync();
        var window = new TaskCompletionSource<Uri?>();
        app.Browser.OnOpen = (_, _) => window.Task;

        var first = app.Login.SignInAsync(Stop);
        await app.Browser.OpenedAsync(1);
        await Failing.WithAsync(BinanceFailure.SignInInProgress, app.Login.SignInAsync(Stop));
        Assert.Single(app.Browser.Opened);
        window.SetResult(await app.Browser.SignInAsync(app.Browser.Opened[0].Url));

        Assert.Equal(BinanceEmulatorDefaults.UserId, (await first).User.UserId);
        app.Browser.OnOpen = null;
        await app.Login.SignInAsync(Stop);
    }

    private static Task<Uri?> CallbackAsync(BinanceBrowserRequest request, string query)
    {
        var state = System.Web.HttpUtility.ParseQueryString(request.Url.Query)["state"];
        return Task.FromResult<Uri?>(new($"{NativeApp.RedirectUri}?{query}&state={state}"));
    }

    private static async Task AssertUntouchedAsync(NativeApp app)
    {
        Assert.True(app.Browser.CloseRequested.IsCancellationRequested);
        Assert.Equal(0, app.TokenRequests);
        Assert.Equal(1, app.Store.Writes);
        Assert.Equal(BinanceEmulatorDefaults.UserId, (await app.Login.GetSessionAsync(Stop))!.User.UserId);
        Assert.True(app.Binance.Tokens.IsLive(await app.Login.GetAccessTokenAsync(Stop)));

        (app.Browser.OnOpen, app.Browser.UserId) = (null, BinanceEmulatorDefaults.SecondUserId);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await app.Login.SignInAsync(Stop)).User.UserId);
    }
}
