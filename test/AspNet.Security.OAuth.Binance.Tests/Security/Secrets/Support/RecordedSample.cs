using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// The sample on a real Kestrel: in Development with its own emulator, or in Production with one beside it and behind a proxy that ends TLS.
/// </summary>
public sealed class RecordedSample : WebApplicationFactory<Program>
{
    private const string PublicHost = "www.example.com";

    private readonly BinanceEmulator? _binance;
    private readonly SecretScan _scan;
    private readonly bool _traced;
    private readonly string _secret = RecordedServer.NewSecret();

    private RecordedSample(BinanceEmulator? binance, SecretScan scan, bool traced)
        => (_binance, _scan, _traced) = (binance, scan, traced);

    internal BinanceEmulator Binance => _binance ?? Services.GetRequiredService<BinanceEmulator>();

    internal TestTime Clock => (TestTime)Services.GetRequiredService<TimeProvider>();

    internal FakeLogCollector Logs => Services.GetFakeLogCollector();

    /// <param name="scan">Records what the sample writes.</param>
    /// <param name="environment">Development or Production.</param>
    /// <param name="traced">Whether it logs all there is, but for the documented filter; otherwise it logs what its own settings say.</param>
    internal static async Task<RecordedSample> StartAsync(SecretScan scan, string environment, bool traced)
    {
        var binance = environment == "Production" ? await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken) : null;
        var sample = new RecordedSample(binance, scan, traced);
        sample.UseKestrel();
        sample.StartServer();
        scan.Secrets[sample._secret] = "client_secret";
        RecordedServer.MakeUnique(sample.Binance, sample._secret, "http://127.0.0.1/signin-binance", $"https://{PublicHost}/signin-binance");
        return sample;
    }

    internal SiteBrowser NewBrowser() => BrowserRecordingHandler.Browser(ClientOptions.BaseAddress, Clock, _scan, _binance is null ? null : PublicHost);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_binance is not null)
        {
            await _binance.DisposeAsync();
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_binance is null ? "Development" : "Production");
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Emulator:Port", "0");
        builder.UseSetting("ForwardedHeaders:KnownProxies:0", "127.0.0.1");
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", _binance is null ? "" : RecordedServer.ClientId);
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", _binance is null ? "" : _secret);
        if (_traced)
        {
            builder.UseSetting("Logging:LogLevel:Default", "Trace");
            builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore", "Trace");
            foreach (var (category, level) in LogFilters.FromJson().AsEnumerable().Where(setting => setting.Value is not null))
            {
                builder.UseSetting(category, level);
            }
        }

        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            services.AddSingleton<TimeProvider>(provider => new TestTime(_binance ?? provider.GetRequiredService<BinanceEmulator>()));
            services.AddLogging(logging => logging.AddFakeLogging());
            services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.ClientId = RecordedServer.ClientId;
                options.ClientSecret = _secret;
                if (_binance is not null)
                {
                    options.UseServer(_binance.BaseAddress);
                }

                FailureEvents.Listen(options, _scan.Texts);
            });
        });
    }
}
