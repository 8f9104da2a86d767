using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A native application with a private-use redirect URI and an emulator: its clock, its store, its log, and a browser that the test scripts.
/// </summary>
internal sealed class NativeApp : IAsyncDisposable
{
    public const string ClientId = "native-app";
    public const string OtherClientId = "other-native-app";
    public const string RedirectUri = "com.example.app:/signin-binance";

    /// <summary>The lifetime of an access token. Half of it is longer than <see cref="BinanceLoginOptions.RefreshBeforeExpiration"/>.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly ConcurrentBag<BinanceLogin> _logins = [];
    private readonly Action<BinanceLoginOptions>? _configure;

    private NativeApp(BinanceEmulator binance, Action<BinanceLoginOptions>? configure)
    {
        (Binance, _configure) = (binance, configure);
        foreach (var clientId in new[] { ClientId, OtherClientId })
        {
            binance.Clients.Add(new() { ClientId = clientId, RedirectUris = [RedirectUri, "com.example.app:/other"] });
        }

        Login = NewLogin();
    }

    public BinanceEmulator Binance { get; }

    public NativeClock Clock { get; } = new();

    public TestStore Store { get; } = new();

    public ScriptedBrowser Browser { get; } = new();

    public FakeLogger<BinanceLogin> Log { get; } = new();

    public BinanceLogin Login { get; }

    public int TokenRequests => Binance.Requests.Count(EmulatorEndpoint.Token);

    public IEnumerable<EmulatorRequest> Refreshes => Binance.Requests.To(EmulatorEndpoint.Token).Where(request => request.GrantType == "refresh_token");

    public int Revocations => Binance.Requests.Count(EmulatorEndpoint.Revoke);

    private static CancellationToken Stop => TestTimeout.Token;

    public static async Task<NativeApp> StartAsync(Action<BinanceLoginOptions>? configure = null, Action<BinanceEmulatorOptions>? emulator = null)
        => new(
            await BinanceEmulator.StartAsync(
                options =>
                {
                    options.AccessTokenLifetime = Lifetime;
                    emulator?.Invoke(options);
                },
                Stop),
            configure);

    /// <summary>Starts an application with a signed-in user, and clears the journal of the emulator.</summary>
    public static async Task<NativeApp> SignedInAsync(Action<BinanceLoginOptions>? configure = null, Action<BinanceEmulatorOptions>? emulator = null)
    {
        var app = await StartAsync(configure, emulator);
        await app.Login.SignInAsync(Stop);
        app.Binance.Requests.Clear();
        return app;
    }

    /// <summary>Creates the login of another process, or of the application's next start, which shares the store only.</summary>
    public BinanceLogin NewLogin(Action<BinanceLoginOptions>? configure = null)
    {
        var login = new BinanceLogin(Options(configure), Log);
        _logins.Add(login);
        return login;
    }

    public BinanceLoginOptions Options(Action<BinanceLoginOptions>? configure = null)
    {
        var options = new BinanceLoginOptions
        {
            ClientId = ClientId,
            RedirectUri = RedirectUri,
            Endpoints = BinanceEndpoints.At(Binance.BaseAddress),
            Browser = Browser,
            TokenStore = Store,
            TimeProvider = Clock,
        };
        _configure?.Invoke(options);
        configure?.Invoke(options);
        return options;
    }

    /// <summary>Starts a call, or several, and waits until the first request is held by the emulator.</summary>
    /// <returns>The hold, and the call.</returns>
    public async Task<(EmulatorHold Hold, TCall Call)> HoldAsync<TCall>(EmulatorEndpoint endpoint, Func<TCall> start)
    {
        var hold = Binance.Faults.Hold(endpoint);
        var call = start();
        await hold.WaitForCallsAsync(1, Stop);
        return (hold, call);
    }

    /// <summary>Starts a call, and cancels it while its request is held by the emulator. Asserts that it ends as cancelled.</summary>
    /// <returns>The hold.</returns>
    public async Task<EmulatorHold> CancelAsync(EmulatorEndpoint endpoint, Func<CancellationToken, Task> start)
    {
        using var caller = new CancellationTokenSource();
        var hold = Binance.Faults.Hold(endpoint);
        var call = start(caller.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await caller.CancelAsync();
        await Failing.AsCancelledAsync(caller, call);
        return hold;
    }

    /// <summary>Starts a call, waits until it waits for exactly this time, and lets the time pass.</summary>
    /// <returns>The call.</returns>
    public async Task<TCall> TimeOutAsync<TCall>(TimeSpan wait, Func<TCall> start)
        where TCall : Task
    {
        var waiting = Clock.NextWait(wait);
        var call = start();
        await waiting;
        Clock.Advance(wait);
        return call;
    }

    /// <summary>Advances the clocks of the application and of Binance.</summary>
    public void Advance(TimeSpan time)
    {
        Binance.Clock.Advance(time);
        Clock.Advance(time);
    }

    /// <summary>Lets the access token expire.</summary>
    public void Expire() => Advance(Lifetime);

    /// <summary>Makes the access token expired, or due and valid for four more minutes.</summary>
    public void MakeDue(bool isExpired) => Advance(isExpired ? Lifetime : Lifetime - TimeSpan.FromMinutes(4));

    /// <summary>Makes the access token due for a refresh, and valid for four more minutes.</summary>
    public void MakeDue() => MakeDue(isExpired: false);

    /// <summary>Waits until Binance has processed this many revocations.</summary>
    public async Task RevokedAsync(int count = 1)
        => await Binance.Requests.WaitForAsync(_ => Revocations >= count, Stop);

    public async ValueTask DisposeAsync()
    {
        // Releases all holds, so that the logins can end also after a failed test.
        Binance.Faults.Clear();
        Store.ReleaseAll();
        foreach (var login in _logins)
        {
            login.Dispose();
        }

        Browser.Dispose();
        await Binance.DisposeAsync();
    }
}
