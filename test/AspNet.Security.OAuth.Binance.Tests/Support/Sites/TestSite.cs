using System.Collections.Concurrent;
using System.Threading.Channels;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// A site with a cookie and Login with Binance, as an application would write it. Its Binance is the emulator, or a server with
/// hand-made responses. With the emulator, every secret is looked for in the site's log when the site ends.
/// </summary>
internal sealed class TestSite : IAsyncDisposable
{
    public const string ClientId = "a28f296f2cbe6c64b4d5dec24735d39b1b6fffcf";
    public const string ClientSecret = "the/secret+of=this&client";

    /// <summary>How long an access token of the emulator lives.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    private readonly WebApplication _app;
    private readonly TestSite? _first;
    private readonly IDataProtectionProvider _keys;
    private readonly BinanceEmulator? _emulator;
    private readonly SecretList? _secrets;

    private readonly Lazy<HttpMessageHandler> _browsers;

    private TestSite(WebApplication app, TestSite? first, BinanceEmulator? emulator, IDataProtectionProvider keys, SecretList? secrets)
    {
        (_app, _first, _emulator, _keys, _secrets) = (app, first, emulator, keys, secrets);
        _browsers = new(CreateHandler);
    }

    public IServiceProvider Services => _app.Services;

    public TestServer Server => _app.GetTestServer();

    /// <summary>The site's Binance. A site with hand-made responses has none.</summary>
    public BinanceEmulator Emulator => _emulator ?? throw new InvalidOperationException("The site has no emulator.");

    public bool HasEmulator => _emulator is not null;

    public TestTime Clock => (TestTime)Time;

    /// <summary>The site's time, which is <see cref="Clock"/> unless a test has set another.</summary>
    public TimeProvider Time => Services.GetRequiredService<TimeProvider>();

    /// <summary>The secrets of the emulator and of the browsers' cookies.</summary>
    public SecretList Secrets => _secrets ?? throw new InvalidOperationException("The site has no emulator.");

    /// <summary>Where a browser finds the site.</summary>
    public Uri Address => !IsInMemory
        ? new(Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single())
        : new(HasEmulator ? "http://localhost" : "https://site.example");

    public bool IsInMemory => Services.GetRequiredService<IServer>() is TestServer;

    public BinanceTokenService Client => Services.GetRequiredService<BinanceTokenService>();

    public BinanceAuthenticationOptions Options => OptionsOf(BinanceAuthenticationDefaults.AuthenticationScheme);

    /// <summary>Counts the requests that have reached the site.</summary>
    public CallCounter Requests { get; } = new();

    /// <summary>Tickets that a test has the site sign in, by the name under which the page finds them.</summary>
    public ConcurrentDictionary<string, AuthenticationProperties> Tickets { get; } = [];

    /// <summary>The contexts that <c>OnRemoteFailure</c> was called with.</summary>
    public ConcurrentQueue<RemoteFailureContext> Failures { get; } = [];

    /// <summary>The exceptions that left the application.</summary>
    public Channel<Exception> Exceptions { get; } = Channel.CreateUnbounded<Exception>();

    /// <summary>What the site logged: the provider, the cookie handler, the server.</summary>
    public FakeLogCollector AllLogs => Services.GetFakeLogCollector();

    /// <summary>What the provider logged.</summary>
    public IReadOnlyList<FakeLogRecord> Logs
        => [.. AllLogs.GetSnapshot().Where(record => record.Category!.StartsWith("AspNet.Security.OAuth.Binance", StringComparison.Ordinal))];

    /// <summary>Everything of the provider's logs in one text: messages, values, exceptions.</summary>
    public string LogText => string.Join('\n', Logs.Select(record
        => $"{record.Message} {string.Join(' ', record.StructuredState ?? [])} {record.Exception}"));

    /// <summary>How many refresh requests the emulator received, whatever their outcome.</summary>
    public int RefreshCalls => Emulator.Requests.To(EmulatorEndpoint.Token).Count(request => request.GrantType == "refresh_token");

    public IReadOnlyList<EmulatorRequest> Revocations => Emulator.Requests.To(EmulatorEndpoint.Revoke);

    /// <summary>Starts a site whose Binance is an emulator of its own.</summary>
    public static async Task<TestSite> StartAsync(Action<SiteSetup>? configure = null)
    {
        var setup = SetupOf(configure);
        var emulator = await BinanceEmulator.StartAsync(
            options =>
            {
                options.AutoApprove = true;
                options.AccessTokenLifetime = TokenLifetime;
                setup.Emulator(options);
            },
            TestContext.Current.CancellationToken);
        setup.Time ??= new TestTime(emulator);
        return await StartAsync(null, emulator, new EphemeralDataProtectionProvider(), emulator.BaseAddress, setup);
    }

    /// <summary>Starts a site whose Binance has hand-made responses.</summary>
    public static Task<TestSite> StartAsync(BinanceStub binance, Action<SiteSetup>? configure = null) => StartAsync(binance.Address, configure);

    /// <summary>Starts a site whose Binance is at an address.</summary>
    public static Task<TestSite> StartAsync(Uri binance, Action<SiteSetup>? configure = null)
    {
        var setup = SetupOf(configure);
        setup.Time ??= new TestTime();
        return StartAsync(null, null, new EphemeralDataProtectionProvider(), binance, setup);
    }

    /// <summary>Starts another process of the same site: the same emulator, time and keys. It has to end before this one.</summary>
    public Task<TestSite> StartNeighbourAsync(Action<SiteSetup>? configure = null)
    {
        var setup = SetupOf(configure);
        setup.Time ??= Clock;
        return StartAsync(this, Emulator, _keys, Emulator.BaseAddress, setup);
    }

    /// <summary>A browser without cookies.</summary>
    /// <param name="origin">Under which address it opens the site, if not under <see cref="Address"/>.</param>
    /// <param name="userId">The user that consents at the emulator; <see langword="null"/> is its first.</param>
    public SiteBrowser Browser(string? origin = null, string? userId = null) => new(this, origin) { UserId = userId };

    /// <summary>A browser whose requests can be aborted, all together.</summary>
    public SiteBrowser BrowserUntil(CancellationToken aborted) => new(this) { Aborted = aborted };

    /// <summary>A browser that opens the in-memory site by TLS; on Kestrel the site has no TLS.</summary>
    public SiteBrowser BrowserWithTls(string host = "localhost") => new(this, IsInMemory ? $"https://{host}" : null);

    /// <summary>Lets the emulator's preset client return to the callbacks below these addresses as well.</summary>
    public void AllowCallbacks(params string[] below)
    {
        var preset = Emulator.Clients.Find(BinanceEmulatorDefaults.ClientId)!;
        Emulator.Clients.Remove(preset.ClientId);
        Emulator.Clients.Add(new()
        {
            ClientId = preset.ClientId,
            ClientSecret = preset.ClientSecret,
            RedirectUris = [.. preset.RedirectUris, .. below.Select(address => address + "/signin-binance")],
        });
    }

    /// <summary>A connection to the site, without redirects and without cookies of its own.</summary>
    public HttpMessageHandler CreateHandler()
        => IsInMemory ? Server.CreateHandler() : new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };

    /// <summary>The connections that all browsers share.</summary>
    public HttpMessageHandler BrowserHandler => _browsers.Value;

    /// <summary>Adds the cookies that a browser got to the secrets.</summary>
    public void AddSecrets(SiteResponse response) => _secrets?.AddCookies(response.SetCookies);

    /// <summary>A browser that has signed in.</summary>
    public async Task<SiteBrowser> SignedInAsync(string? scheme = null)
    {
        var browser = Browser();
        await browser.SignInAsync(scheme: scheme);
        return browser;
    }

    /// <summary>A browser whose user has consented, and the callback that Binance sends it to.</summary>
    public async Task<(SiteBrowser Browser, string Callback)> ConsentedAsync()
    {
        var browser = Browser();
        return (browser, await browser.ConsentAsync());
    }

    /// <summary>A browser that has signed in, and whose access token has expired since.</summary>
    public async Task<SiteBrowser> WithExpiredTokenAsync()
    {
        var browser = await SignedInAsync();
        Clock.Pass(TokenLifetime);
        return browser;
    }

    /// <summary>The failure that the sign-in ended with; there has to be exactly one.</summary>
    public BinanceAuthenticationException SingleFailure()
        => Assert.IsType<BinanceAuthenticationException>(Assert.Single(Failures).Failure);

    /// <summary>Signs in with a new browser, and returns the failure that this has to end with.</summary>
    public async Task<BinanceAuthenticationException> FailToSignInAsync()
    {
        await Browser().TrySignInAsync();
        return SingleFailure();
    }

    public BinanceAuthenticationOptions OptionsOf(string scheme)
        => Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(scheme);

    public CookieAuthenticationOptions CookieOptions(string scheme = CookieAuthenticationDefaults.AuthenticationScheme)
        => Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(scheme);

    /// <summary>What the provider logged at a level.</summary>
    public IReadOnlyList<FakeLogRecord> Logged(LogLevel level) => [.. Logs.Where(record => record.Level == level)];

    /// <summary>Completes when the provider has logged at a level.</summary>
    public Task UntilLoggedAsync(LogLevel level) => UntilLoggedAsync(record => record.Level == level, 1);

    /// <summary>Completes when the provider has logged records a number of times.</summary>
    public async Task UntilLoggedAsync(Func<FakeLogRecord, bool> isExpected, int times)
    {
        while (Logs.Count(isExpected) < times)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (Services.GetService<FakeLogCollector>() is { } logs)
            {
                _secrets?.AssertAbsentFrom(logs.GetSnapshot());
            }
        }
        finally
        {
            // First, because the site waits for the calls that the emulator holds.
            if (_first is null && _emulator is not null)
            {
                await _emulator.DisposeAsync();
            }

            await _app.DisposeAsync();
            if (_browsers.IsValueCreated)
            {
                _browsers.Value.Dispose();
            }
        }
    }

    private static SiteSetup SetupOf(Action<SiteSetup>? configure)
    {
        var setup = new SiteSetup();
        configure?.Invoke(setup);
        return setup;
    }

    private static async Task<TestSite> StartAsync(
        TestSite? first, BinanceEmulator? emulator, IDataProtectionProvider keys, Uri server, SiteSetup setup)
    {
        setup.Server = server;
        setup.Client ??= emulator is null ? (ClientId, ClientSecret) : (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);

        var builder = WebApplication.CreateEmptyBuilder(new());
        if (setup.UseKestrel)
        {
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        TestSite? site = null;
        setup.ServicesBefore(builder.Services);
        builder.Services.AddSingleton(setup.Time!);
        builder.Services.AddSingleton(keys);
        builder.Services.AddLogging(setup.Logging);
        AddSchemes(builder.Services, setup, context => site!.Failures.Enqueue(context));
        setup.Services(builder.Services);
        setup.Host(builder);

        var app = builder.Build();
        var secrets = first?._secrets ?? (emulator is not null && setup.LooksForSecrets ? new SecretList(emulator) : null);
        site = new TestSite(app, first, emulator, keys, secrets);
        if (setup.PathBase is { } pathBase)
        {
            app.UsePathBase(pathBase);
        }

        app.Use(site.ObserveAsync);
        setup.BeforeAuthentication(app);
        app.UseAuthentication();
        setup.AfterAuthentication(app);
        app.Run(context => SitePages.ServeAsync(context, setup.Pages, site.Tickets));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    private static void AddSchemes(IServiceCollection services, SiteSetup setup, Action<RemoteFailureContext> failed)
    {
        AuthenticationBuilder authentication;
        if (setup.Schemes is { } schemes)
        {
            authentication = schemes(services);
            authentication.AddBinance(AddBinance);
        }
        else
        {
            authentication = services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme);
            _ = setup.BinanceComesFirst ? authentication.AddBinance(AddBinance).AddCookie(AddCookie) : authentication.AddCookie(AddCookie).AddBinance(AddBinance);
        }

        setup.Authentication(authentication);

        void AddCookie(CookieAuthenticationOptions options)
        {
            if (setup.LoginPath is { } loginPath)
            {
                options.LoginPath = loginPath;
            }

            setup.Cookie(options);
        }

        void AddBinance(BinanceAuthenticationOptions options)
        {
            (options.ClientId, options.ClientSecret) = setup.Client!.Value;
            if (setup.FailurePath is { } failurePath)
            {
                options.FailurePath = failurePath;
            }

            options.UseServer(setup.Server);
            setup.Binance(options);

            var next = options.Events.OnRemoteFailure;
            options.Events.OnRemoteFailure = context =>
            {
                failed(context);
                return next(context);
            };
        }
    }

    private async Task ObserveAsync(HttpContext context, RequestDelegate next)
    {
        Requests.Add();
        try
        {
            await next(context);
        }
        catch (Exception exception)
        {
            Exceptions.Writer.TryWrite(exception);
            throw;
        }
    }
}
