using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample in Development with its own emulator, or in Production with one beside it.
/// </summary>
/// <param name="binance">The emulator beside it, which is disposed of with the sample. Without one it is in Development.</param>
/// <param name="clientId">The client id in Production.</param>
/// <param name="clientSecret">Its secret.</param>
public abstract class SampleInEnvironment(BinanceEmulator? binance, string clientId, string clientSecret) : WebApplicationFactory<Program>
{
    public BinanceEmulator Binance => binance ?? Services.GetRequiredService<BinanceEmulator>();

    public FakeLogCollector Logs => Services.GetFakeLogCollector();

    protected bool IsInProduction => binance is not null;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (binance is not null)
        {
            await binance.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(IsInProduction ? "Production" : "Development");
        builder.UseSetting("Emulator:Port", "0");
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", IsInProduction ? clientId : "");
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", IsInProduction ? clientSecret : "");
        builder.ConfigureTestServices(services =>
        {
            services.AddLogging(logging => logging.AddFakeLogging());
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            if (binance is not null)
            {
                services.Configure<BinanceAuthenticationOptions>(
                    BinanceAuthenticationDefaults.AuthenticationScheme, options => options.UseServer(binance.BaseAddress));
            }
        });
    }
}
