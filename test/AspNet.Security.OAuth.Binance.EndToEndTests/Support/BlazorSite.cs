extern alias Blazor;

using AspNet.Security.OAuth.Binance.Emulator;
using Blazor::BlazorSite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support;

/// <summary>
/// The site of docs/blazor.md on a real Kestrel, with an emulator whose clock is that of the site, too.
/// </summary>
public sealed class BlazorSite : WebApplicationFactory<Blazor::Program>
{
    /// <summary>An endpoint for scripts that calls Binance for the user. The site has none.</summary>
    public const string Api = "/test/user";

    private BlazorSite(BinanceEmulator binance) => (Binance, Sessions) = (binance, new FragileCache(binance.Clock));

    public BinanceEmulator Binance { get; }

    /// <summary>The cache that has the sessions.</summary>
    internal FragileCache Sessions { get; }

    public static async Task<BlazorSite> StartAsync()
    {
        var site = new BlazorSite(await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken));
        site.UseKestrel();
        site.StartServer();
        return site;
    }

    public string Url(string path) => new Uri(ClientOptions.BaseAddress, path).AbsoluteUri;

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Binance.DisposeAsync();
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        var server = new BinanceAuthenticationOptions();
        server.UseServer(Binance.BaseAddress);

        builder.UseEnvironment("Development");
        builder.UseUrls("http://127.0.0.1:0");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        Set("ClientId", BinanceEmulatorDefaults.ClientId);
        Set("ClientSecret", BinanceEmulatorDefaults.ClientSecret);
        Set("AuthorizationEndpoint", server.AuthorizationEndpoint);
        Set("TokenEndpoint", server.TokenEndpoint);
        Set("UserInformationEndpoint", server.UserInformationEndpoint);
        Set("RevocationEndpoint", server.RevocationEndpoint);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton<TimeProvider>(Binance.Clock);
            services.AddSingleton<IDistributedCache>(Sessions);
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ApiForScripts>());
        });

        void Set(string name, string value) => builder.UseSetting("Authentication:Schemes:Binance:" + name, value);
    }

    private sealed class ApiForScripts : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map(Api, branch => branch.Run(async context => await context.Response.WriteAsJsonAsync(
                await context.RequestServices.GetRequiredService<BinanceApi>().GetUserAsync(context.RequestAborted), context.RequestAborted)));
            next(app);
        };
    }
}
