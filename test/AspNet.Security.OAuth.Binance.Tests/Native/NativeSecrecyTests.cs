using System.Text.Json;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// No code, verifier, state or token is in a log or an exception.
/// </summary>
public sealed class NativeSecrecyTests
{
    private static CancellationToken Stop => TestTimeout.Token;

    [Fact]
    public async Task Log_and_exceptions_of_a_whole_journey_have_no_secret()
    {
        await using var app = await NativeApp.StartAsync(emulator: options => options.RefreshTokenBehavior = RefreshTokenBehavior.Keep);
        List<Exception> exceptions = [];

        await FailToSignInAsync(app, exceptions);
        await app.Login.SignInAsync(Stop);
        await FailToRefreshAsync(app, exceptions);
        app.Binance.Faults.Next(EmulatorEndpoint.Revoke, Echo(await app.Login.GetAccessTokenAsync(Stop)));
        Assert.False(await app.Login.SignOutAsync(Stop));
        await FailToCompleteAsync(app, exceptions);

        var secrets = new SecretList(app.Binance).All();
        Assert.True(secrets.Count > 20);
        var finder = new SecretFinder(secrets, BinanceEmulatorDefaults.UserId);
        Assert.True(exceptions.Count > 10);
        Assert.All(exceptions, exception => Assert.Empty(finder.Find(TextOf(exception))));
        var entries = app.Log.Collector.GetSnapshot();
        Assert.True(entries.Select(entry => entry.Id.Name).Distinct().Count() >= 6);
        Assert.All(entries, entry =>
        {
            Assert.Empty(finder.Find($"{entry.Message} {entry.Exception} {string.Concat(entry.StructuredState!.Select(state => $"{state.Key}={state.Value}"))}"));
            Assert.DoesNotContain(BinanceEmulatorDefaults.UserId, entry.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Texts_of_public_types_have_no_secret()
    {
        await using var app = await NativeApp.StartAsync();

        var session = await app.Login.SignInAsync(Stop);
        var pending = app.Login.BeginSignIn();

        var finder = new SecretFinder(new SecretList(app.Binance).All());
        Assert.All(
            [$"{session}", $"{session.User}", $"{app.Login}", $"{pending}", $"{app.Browser.Opened[0]}", JsonSerializer.Serialize(session)],
            text => Assert.Empty(finder.Find(text)));
    }

    // A task without an awaiter must not end in an unobserved exception.
    [Fact]
    public async Task Failures_after_their_callers_cancelled_are_no_unobserved_exceptions()
    {
        var marker = Guid.NewGuid().ToString();
        using var unobserved = new UnobservedExceptions();

        await FailUnobservedAsync(marker);

        // On another stack, which does not reference the failed tasks.
        await Task.Yield();
        Assert.DoesNotContain(
            unobserved.Collect().SelectMany(exception => exception.Flatten().InnerExceptions),
            exception => TextOf(exception).Contains(marker, StringComparison.Ordinal));
    }

    private static async Task FailUnobservedAsync(string marker)
    {
        await using var app = await NativeApp.SignedInAsync();
        var window = new TaskCompletionSource<Uri?>();
        using var caller = new CancellationTokenSource();

        // A browser that fails after the sign-in.
        app.Browser.OnOpen = (_, _) => window.Task;
        var signIn = app.Login.SignInAsync(caller.Token);
        await app.Browser.OpenedAsync(2);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, signIn);
        window.SetException(new InvalidOperationException(marker));

        // A refresh whose tokens cannot be stored after its caller cancelled.
        app.Expire();
        app.Store.Failures["Write"] = new IOException(marker);
        using var hold = app.Store.Hold("Write");
        using var other = new CancellationTokenSource();
        var call = app.Login.GetAccessTokenAsync(other.Token);
        await hold.ArrivedAsync();
        await other.CancelAsync();
        await Failing.AsCancelledAsync(other, call);
        hold.Release();
        Assert.NotNull(await Record.ExceptionAsync(() => app.Login.GetAccessTokenAsync(Stop)));

        // The same when storing is retried.
        using var again = app.Store.Hold("Write");
        using var third = new CancellationTokenSource();
        call = app.Login.GetAccessTokenAsync(third.Token);
        await again.ArrivedAsync();
        await third.CancelAsync();
        await Failing.AsCancelledAsync(third, call);
        again.Release();
        app.Store.Failures.Clear();

        // A code that is refused after the callers of its exchange cancelled.
        var pending = app.Login.BeginSignIn();
        var callback = (await app.Browser.SignInAsync(pending.Url))!;
        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body($$"""{"error":"invalid_request","error_description":"{{marker}}"}""", 400));
        using var held = app.Binance.Faults.Hold(EmulatorEndpoint.Token);
        using var fourth = new CancellationTokenSource();
        var completing = app.Login.CompleteSignInAsync(pending, callback, fourth.Token);
        await held.WaitForCallsAsync(1, Stop);
        await fourth.CancelAsync();
        await Failing.AsCancelledAsync(fourth, completing);
        held.Release();

        // Two sign-ins, during which the exchange ends and is removed. Awaiting it would observe its exception.
        app.Browser.OnOpen = null;
        await app.Login.SignInAsync(Stop);
        app.Clock.Advance(TimeSpan.FromMinutes(16));
        await app.Login.SignInAsync(Stop);
    }

    private static async Task FailToSignInAsync(NativeApp app, List<Exception> exceptions)
    {
        app.Browser.OnOpen = (request, _) => app.Browser.CancelAsync(request.Url);
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Browser.OnOpen = (request, _) => throw new InvalidOperationException("no browser");
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Browser.OnOpen = (request, _) => Task.FromResult<Uri?>(new(app.Browser.Opened[0].Url, $"?{app.Browser.Opened[0].Url.Query}&code=a-code-of-another-sign-in"));
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Browser.OnOpen = null;

        app.Binance.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Binance.Faults.Next(EmulatorEndpoint.UserInfo, EmulatorFault.ApiError("100001001", "no"));
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        await app.RevokedAsync();

        // A server that repeats parameters in its response.
        app.Browser.OnOpen = async (request, _) =>
        {
            var callback = await app.Browser.SignInAsync(request.Url);
            app.Binance.Faults.Next(EmulatorEndpoint.Token, Echo(System.Web.HttpUtility.ParseQueryString(callback!.Query)["code"]!));
            return callback;
        };
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Browser.OnOpen = null;

        app.Store.Failures["Write"] = new IOException("the disk");
        await CatchAsync(exceptions, app.Login.SignInAsync(Stop));
        app.Store.Failures.Clear();
        await app.RevokedAsync(2);
    }

    private static async Task FailToRefreshAsync(NativeApp app, List<Exception> exceptions)
    {
        app.Expire();
        foreach (var fault in new[] { EmulatorFault.Status(503), EmulatorFault.Body("""{"error":"invalid_client"}""", 401), EmulatorFault.Body("{}") })
        {
            app.Binance.Faults.Next(EmulatorEndpoint.Token, fault);
            await CatchAsync(exceptions, app.Login.GetAccessTokenAsync(Stop));
            app.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        app.Binance.Faults.Next(EmulatorEndpoint.Token, Echo(app.Binance.Tokens.RefreshTokens[^1].Value));
        await CatchAsync(exceptions, app.Login.GetAccessTokenAsync(Stop));
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Store.Failures["Write"] = new IOException("the disk");
        await CatchAsync(exceptions, app.Login.GetAccessTokenAsync(Stop));
        app.Store.Failures.Clear();
        await app.Login.GetAccessTokenAsync(Stop);

        var text = app.Store.Text;
        app.Store.Text = text![..^1];
        await CatchAsync(exceptions, app.Login.GetAccessTokenAsync(Stop));
        app.Store.Text = text;
        await CatchAsync(exceptions, app.NewLogin(options => options.ClientId = NativeApp.OtherClientId).GetAccessTokenAsync(Stop));
    }

    private static async Task FailToCompleteAsync(NativeApp app, List<Exception> exceptions)
    {
        var pending = app.Login.BeginSignIn();
        var callback = (await app.Browser.SignInAsync(pending.Url))!;
        await CatchAsync(exceptions, app.Login.CompleteSignInAsync(app.Login.BeginSignIn(), callback, Stop));
        await app.Login.CompleteSignInAsync(pending, callback, Stop);
        app.Binance.Tokens.RevokeAll();
        app.Expire();
        await CatchAsync(exceptions, app.Login.GetAccessTokenAsync(Stop));
        await CatchAsync(exceptions, app.NewLogin().CompleteSignInAsync(pending, callback, Stop));
        exceptions.Add(Assert.Throws<FormatException>(() => BinancePendingSignIn.Deserialize(pending.Serialize()[..^1])));
    }

    private static string TextOf(Exception exception) => $"{exception} {string.Concat(exception.Data.Values.Cast<object>())}";

    private static async Task CatchAsync(List<Exception> exceptions, Task call) => exceptions.Add((await Record.ExceptionAsync(() => call))!);

    private static EmulatorFault Echo(string secret)
        => EmulatorFault.Body($$"""{"error":"{{secret}}","error_description":"no {{secret}}","error_uri":"https://x.example/{{secret}}","code":"{{secret}}","message":"{{secret}}","success":false}""", 400);
}
