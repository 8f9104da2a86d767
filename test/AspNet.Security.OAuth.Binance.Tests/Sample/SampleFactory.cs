using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;

using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample on the in-memory server, with its emulator on a port that the system chose, which consents by itself.
/// </summary>
public sealed class SampleFactory : WebApplicationFactory<Program>
{
    /// <summary>The sample's time, where a test moves it.</summary>
    internal TestTime? Time { get; init; }

    /// <summary>Whether the sessions are on the server.</summary>
    public bool KeepsSessionsOnServer { get; init; }

    /// <summary>The shared cache of all processes of the sample, where a test makes it unavailable.</summary>
    internal SharedStore? Cache { get; init; }

    public BinanceEmulator Binance => Services.GetRequiredService<BinanceEmulator>();

    private bool IsOnKestrel { get; init; }

    /// <summary>The same on a real Kestrel.</summary>
    public static SampleFactory StartOnKestrel()
    {
        var sample = new SampleFactory { IsOnKestrel = true };
        sample.UseKestrel(server => server.Listen(IPAddress.Loopback, 0));
        sample.StartServer();
        return sample;
    }

    /// <summary>A client that keeps cookies and follows no redirect. On Kestrel, the factory's own would follow them all the same.</summary>
    public HttpClient CreateBrowser() => IsOnKestrel
        ? new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = ClientOptions.BaseAddress }
        : CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");
        builder.UseSetting("Emulator:Port", "0");

        // A watcher for each file of settings of each sample: systems allow a user 128 of them.
        builder.UseSetting("hostBuilder:reloadConfigOnChange", "false");

        // A developer may have real credentials among the sample's user secrets.
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", "");
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", "");

        if (KeepsSessionsOnServer)
        {
            builder.UseSetting("Sessions:OnServer", "true");
        }

        if (Cache is not null)
        {
            builder.ConfigureServices(services => services.AddSingleton<IDistributedCache>(Cache));
        }

        if (Time is not null)
        {
            builder.ConfigureServices(services => services.AddSingleton<TimeProvider>(Time));
        }
    }
}
