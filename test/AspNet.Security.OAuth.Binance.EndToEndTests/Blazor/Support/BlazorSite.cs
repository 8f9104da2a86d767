extern alias Blazor;

using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Blazor::BlazorSite;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;

/// <summary>
/// The site of docs/blazor.md.
/// </summary>
public sealed class BlazorSite : SiteHost<Blazor::Program>
{
    /// <summary>An endpoint for scripts that calls Binance for the user. The documented site has none.</summary>
    public const string Api = "/test/user";

    private readonly bool _revalidatesOften;

    private BlazorSite(BinanceEmulator binance, bool revalidatesOften)
        : base(binance)
        => (Sessions, _revalidatesOften) = (new FragileCache(binance.Clock), revalidatesOften);

    /// <summary>The cache that has the sessions.</summary>
    internal FragileCache Sessions { get; }

    /// <param name="revalidatesOften">Whether circuits check their session every second instead of every 30 seconds.</param>
    public static async Task<BlazorSite> StartAsync(bool revalidatesOften = false)
        => Start(new BlazorSite(await StartEmulatorAsync(), revalidatesOften));

    protected override void ConfigureServices(IServiceCollection services)
    {
        services.AddSingleton<IDistributedCache>(Sessions);
        if (_revalidatesOften)
        {
            services.AddScoped<AuthenticationStateProvider, FrequentlyRevalidating>();
        }

        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ApiForScripts>());
    }

    // The loop of the framework's base class has no TimeProvider. RevalidatingProviderTests asserts the interval of 30 s.
    private sealed class FrequentlyRevalidating(ILoggerFactory loggerFactory, BinanceSessions sessions)
        : BinanceRevalidatingAuthenticationStateProvider(loggerFactory, sessions)
    {
        protected override TimeSpan RevalidationInterval => TimeSpan.FromSeconds(1);
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
