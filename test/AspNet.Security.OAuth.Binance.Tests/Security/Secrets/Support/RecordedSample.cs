using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sample;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

/// <summary>
/// The sample on a real Kestrel: in Development with its own emulator, or in Production with one beside it and behind a proxy that ends TLS.
/// </summary>
public sealed class RecordedSample : SampleInEnvironment
{
    private const string PublicHost = "www.example.com";

    private readonly SecretScan _scan;
    private readonly bool _traced;
    private readonly string _secret;

    private RecordedSample(BinanceEmulator? binance, string secret, SecretScan scan, bool traced)
        : base(binance, RecordedServer.ClientId, secret)
        => (_secret, _scan, _traced) = (secret, scan, traced);

    internal TestTime Clock => (TestTime)Services.GetRequiredService<TimeProvider>();

    /// <param name="scan">Records what the sample writes.</param>
    /// <param name="environment">Development or Production.</param>
    /// <param name="traced">Whether it logs all there is, but for the documented filter; otherwise it logs what its own settings say.</param>
    internal static async Task<RecordedSample> StartAsync(SecretScan scan, string environment, bool traced)
    {
        var binance = environment == "Production" ? await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken) : null;
        var sample = new RecordedSample(binance, RecordedServer.NewSecret(), scan, traced);
        sample.UseKestrel();
        sample.StartServer();
        scan.Secrets[sample._secret] = "client_secret";
        RecordedServer.MakeUnique(sample.Binance, sample._secret, "http://127.0.0.1/signin-binance", $"https://{PublicHost}/signin-binance");
        return sample;
    }

    internal SiteBrowser NewBrowser() => BrowserRecordingHandler.Browser(ClientOptions.BaseAddress, Clock, _scan, IsInProduction ? PublicHost : null);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("ForwardedHeaders:KnownProxies:0", "127.0.0.1");
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
            services.AddSingleton<TimeProvider>(provider => new TestTime(IsInProduction ? Binance : provider.GetRequiredService<BinanceEmulator>()));
            services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
            {
                options.ClientId = RecordedServer.ClientId;
                options.ClientSecret = _secret;
                FailureEvents.Listen(options, _scan.Texts);
            });
        });
    }
}
