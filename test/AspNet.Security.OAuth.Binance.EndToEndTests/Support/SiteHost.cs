using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// A site of this repository in Development, on Kestrel, with an emulator on an origin of its own. The system chooses both ports. The site uses
/// the emulator's clock.
/// </summary>
/// <typeparam name="TProgram">The entry point of the site.</typeparam>
/// <param name="binance">The emulator, which is disposed of with the site; <see langword="null"/> for a sample, which starts its own.</param>
public abstract class SiteHost<TProgram>(BinanceEmulator? binance = null) : WebApplicationFactory<TProgram>
    where TProgram : class
{
    public BinanceEmulator Binance => binance ?? Services.GetRequiredService<BinanceEmulator>();

    public string Origin => ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority);

    public string Url(string path) => new Uri(ClientOptions.BaseAddress, path).AbsoluteUri;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (binance?.DisposeAsync() ?? ValueTask.CompletedTask);
        GC.SuppressFinalize(this);
    }

    protected static async Task<BinanceEmulator> StartEmulatorAsync()
        => await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);

    protected static TSite Start<TSite>(TSite site)
        where TSite : SiteHost<TProgram>
    {
        site.UseKestrel();
        site.StartServer();
        return site;
    }

    /// <summary>Adds settings of this site.</summary>
    protected virtual void Configure(IWebHostBuilder builder)
    {
    }

    /// <summary>Adds and replaces services of this site.</summary>
    protected virtual void ConfigureServices(IServiceCollection services)
    {
    }

    protected sealed override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Development");

        // Not UseKestrel(0): it sets the address after Program has resumed, and sometimes loses the race against its Run.
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Emulator:Port", "0");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.UseSetting("Logging:LogLevel:Microsoft.AspNetCore.HttpsPolicy", "Error");
        foreach (var (name, value) in ServerSettings())
        {
            builder.UseSetting($"Authentication:Schemes:Binance:{name}", value);
        }

        Configure(builder);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(provider => (TimeProvider)(binance ?? provider.GetRequiredService<BinanceEmulator>()).Clock);
            ConfigureServices(services);
        });
    }

    // Empty for a sample, so that it starts its emulator also where a developer has credentials among the user secrets.
    private IEnumerable<(string Name, string Value)> ServerSettings()
    {
        if (binance is null)
        {
            return [("ClientId", ""), ("ClientSecret", "")];
        }

        var server = new BinanceAuthenticationOptions();
        server.UseServer(binance.BaseAddress);
        return
        [
            ("ClientId", BinanceEmulatorDefaults.ClientId),
            ("ClientSecret", BinanceEmulatorDefaults.ClientSecret),
            (nameof(server.AuthorizationEndpoint), server.AuthorizationEndpoint),
            (nameof(server.TokenEndpoint), server.TokenEndpoint),
            (nameof(server.UserInformationEndpoint), server.UserInformationEndpoint),
            (nameof(server.RevocationEndpoint), server.RevocationEndpoint),
        ];
    }
}
