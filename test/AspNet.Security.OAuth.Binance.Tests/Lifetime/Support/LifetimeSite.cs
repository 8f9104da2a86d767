using System.Collections.Concurrent;
using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A site with a cookie and Login with Binance, as an application would write it, on the in-memory server, against an emulator whose
/// access tokens live an hour. When it ends, it looks for every secret of its life in everything that it logged.
/// </summary>
internal sealed class LifetimeSite : IAsyncDisposable
{
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    private readonly WebApplication _app;
    private readonly LifetimeSite? _first;
    private readonly IDataProtectionProvider _keys;

    private LifetimeSite(WebApplication app, LifetimeSite? first, BinanceEmulator emulator, LifetimeClock clock, IDataProtectionProvider keys)
        => (_app, _first, Emulator, Clock, _keys, Secrets) = (app, first, emulator, clock, keys, first?.Secrets ?? new SecretList(emulator));

    public BinanceEmulator Emulator { get; }

    public LifetimeClock Clock { get; }

    public SecretList Secrets { get; }

    public TestServer Server => _app.GetTestServer();

    public IServiceProvider Services => _app.Services;

    /// <summary>Where a browser finds the site.</summary>
    public Uri Address => InMemory is null
        ? new(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single())
        : new("http://localhost");

    public bool IsInMemory => InMemory is not null;

    private TestServer? InMemory => Services.GetRequiredService<IServer>() as TestServer;

    public BinanceTokenService Client => Services.GetRequiredService<BinanceTokenService>();

    /// <summary>Counts the requests that have reached the site.</summary>
    public Turnstile Requests { get; } = new();

    /// <summary>Tickets that a test wants to be signed in, by the name under which the page finds them.</summary>
    public ConcurrentDictionary<string, AuthenticationProperties> Tickets { get; } = [];

    /// <summary>How often the emulator was asked for a refresh, whatever became of it.</summary>
    public int RefreshCalls => Emulator.Requests.To(EmulatorEndpoint.Token).Count(request => request.GrantType == "refresh_token");

    public IReadOnlyList<EmulatorRequest> Revocations => Emulator.Requests.To(EmulatorEndpoint.Revoke);

    /// <summary>What the provider logged at a level.</summary>
    public IReadOnlyList<FakeLogRecord> Logged(LogLevel level) => [.. Logs.GetSnapshot()
        .Where(record => record.Level == level && record.Category!.StartsWith("AspNet.Security.OAuth.Binance", StringComparison.Ordinal))];

    /// <summary>Completes when the provider has logged at a level.</summary>
    public async Task UntilLoggedAsync(LogLevel level)
    {
        while (Logged(level).Count == 0)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private FakeLogCollector Logs => Services.GetFakeLogCollector();

    public static async Task<LifetimeSite> StartAsync(Action<LifetimeSetup>? configure = null)
    {
        var emulator = await BinanceEmulator.StartAsync(
            options =>
            {
                options.AutoApprove = true;
                options.AccessTokenLifetime = TokenLifetime;
            },
            TestContext.Current.CancellationToken);
        return await StartAsync(null, emulator, new LifetimeClock(emulator), new EphemeralDataProtectionProvider(), configure);
    }

    /// <summary>Starts another process of the same site: the same emulator, time and keys. It has to end before this one.</summary>
    public Task<LifetimeSite> StartNeighbourAsync(Action<LifetimeSetup>? configure = null) => StartAsync(this, Emulator, Clock, _keys, configure);

    public LifetimeBrowser Browser() => new(this);

    /// <summary>A connection to the site, without redirects and without cookies of its own.</summary>
    public HttpMessageHandler CreateHandler()
        => InMemory?.CreateHandler() ?? (HttpMessageHandler)new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };

    /// <summary>A browser that has signed in.</summary>
    public async Task<LifetimeBrowser> SignedInAsync()
    {
        var browser = Browser();
        await browser.SignInAsync();
        return browser;
    }

    /// <summary>A browser that has signed in, an access token's life later.</summary>
    public async Task<LifetimeBrowser> WithExpiredTokenAsync()
    {
        var browser = await SignedInAsync();
        Clock.Pass(TokenLifetime);
        return browser;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            Secrets.AssertAbsentFrom(Logs.GetSnapshot());
        }
        finally
        {
            await _app.DisposeAsync();
            if (_first is null)
            {
                await Emulator.DisposeAsync();
            }
        }
    }

    private static async Task<LifetimeSite> StartAsync(
        LifetimeSite? first, BinanceEmulator emulator, LifetimeClock clock, IDataProtectionProvider keys, Action<LifetimeSetup>? configure)
    {
        var setup = new LifetimeSetup();
        configure?.Invoke(setup);

        var builder = WebApplication.CreateEmptyBuilder(new());
        if (setup.UseKestrel)
        {
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        setup.ServicesBefore(builder.Services);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(keys);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());

        var authentication = builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme);
        Action[] steps = [() => authentication.AddCookie(options => AddCookie(options, setup)), () => authentication.AddBinance(options => AddBinance(options, setup, emulator))];
        foreach (var step in setup.BinanceComesFirst ? steps.Reverse() : steps)
        {
            step();
        }

        setup.Authentication(authentication, emulator.BaseAddress);
        setup.Services(builder.Services);

        var app = builder.Build();
        var site = new LifetimeSite(app, first, emulator, clock, keys);
        app.Use((context, next) =>
        {
            site.Requests.Pass();
            return next(context);
        });
        setup.BeforeAuthentication(app);
        app.UseAuthentication();
        setup.AfterAuthentication(app);
        app.Run(context => LifetimePages.ServeAsync(context, setup.Pages, site.Tickets));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    private static void AddCookie(CookieAuthenticationOptions options, LifetimeSetup setup)
    {
        options.LoginPath = "/login";
        setup.Cookie(options);
    }

    private static void AddBinance(BinanceAuthenticationOptions options, LifetimeSetup setup, BinanceEmulator emulator)
    {
        options.ClientId = BinanceEmulatorDefaults.ClientId;
        options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        options.UseServer(emulator.BaseAddress);
        setup.Binance(options);
    }
}
