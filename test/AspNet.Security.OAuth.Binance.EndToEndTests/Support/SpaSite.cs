extern alias spa;

using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The single-page sample on a real Kestrel, with its emulator on another site, both on ports that the system chose. It goes by the
/// emulator's clock.
/// </summary>
public sealed class SpaSite : WebApplicationFactory<spa::Program>
{
    private readonly Action<IServiceCollection>? _configure;

    private SpaSite(Action<IServiceCollection>? configure) => _configure = configure;

    public static SpaSite Start(Action<IServiceCollection>? configure = null)
    {
        var site = new SpaSite(configure);
        site.UseKestrel();
        site.StartServer();
        return site;
    }

    public BinanceEmulator Binance => Services.GetRequiredService<BinanceEmulator>();

    public BinanceSessions Sessions => Services.GetRequiredService<BinanceSessions>();

    public string Origin => ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority);

    public int RefreshCalls => Binance.Requests.Count(request => request.GrantType == "refresh_token");

    public string Url(string path) => new Uri(ClientOptions.BaseAddress, path).AbsoluteUri;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Emulator:Port", "0");

        // A developer may have real credentials among the sample's user secrets.
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", "");
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", "");
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<BinanceEmulator>().Clock);
            _configure?.Invoke(services);
        });
    }
}
