using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The sample on a real Kestrel, with its emulator on an origin of its own, both on ports that the system chose.
/// </summary>
public sealed class SampleSite : WebApplicationFactory<Program>
{
    private SampleSite()
    {
    }

    public static SampleSite Start()
    {
        var site = new SampleSite();
        site.UseKestrel();
        site.StartServer();
        return site;
    }

    public BinanceEmulator Binance => Services.GetRequiredService<BinanceEmulator>();

    public string Url(string path) => new Uri(Address, path).AbsoluteUri;

    // Kestrel says 127.0.0.1; a person would type localhost, and the emulator is on localhost, too.
    private Uri Address => ClientOptions.BaseAddress;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");

        // Not UseKestrel(0): that sets the address only after Program was let go, and loses the race against its Run now and then.
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Emulator:Port", "0");

        // A developer may have real credentials among the sample's user secrets.
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", "");
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", "");
    }
}
