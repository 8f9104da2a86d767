using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native;

/// <summary>
/// A native application with a private-use redirect URI on an emulator: its clock, its store, its log, and a browser whose person a test plays.
/// </summary>
internal sealed class NativeApp : IAsyncDisposable
{
    public const string ClientId = "native-app";
    public const string OtherClientId = "other-native-app";
    public const string RedirectUri = "com.example.app:/signin-binance";

    /// <summary>How long an access token lives. Half of it is longer than the time before expiry at which it is due.</summary>
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

    public PersonBrowser Browser { get; } = new();

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

    /// <summary>Starts an application whose user is signed in, and whose journal is empty.</summary>
    public static async Task<NativeApp> SignedInAsync(Action<BinanceLoginOptions>? configure = null, Action<BinanceEmulatorOptions>? emulator = null)
    {
        var app = await StartAsync(configure, emulator);
        await app.Login.SignInAsync(Stop);
        app.Binance.Requests.Clear();
        return app;
    }

    /// <summary>The login of another process, or of the application's next start: it shares the store and nothing else.</summary>
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

    /// <summary>Lets time pass for the application and for Binance.</summary>
    public void Pass(TimeSpan time)
    {
        Binance.Clock.Advance(time);
        Clock.Advance(time);
    }

    /// <summary>Lets the access token expire.</summary>
    public void Expire() => Pass(Lifetime);

    /// <summary>Lets the access token come so near to its expiry that it is refreshed, and is good still.</summary>
    public void BecomeDue() => Pass(Lifetime - TimeSpan.FromMinutes(4));

    /// <summary>Waits until Binance has had so many requests for a revocation, and has done what they ask for.</summary>
    public async Task RevokedAsync(int count = 1)
        => await Binance.Requests.WaitForAsync(_ => Revocations >= count, Stop);

    public async ValueTask DisposeAsync()
    {
        // What a failed test left held must not keep its logins from ending.
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
