using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Emulator.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the Binance emulator to an application's own services.</summary>
public static class BinanceEmulatorServiceCollectionExtensions
{
    /// <summary>Adds one <see cref="BinanceEmulator"/> as a singleton. A second call configures the same one.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options. <see cref="BinanceEmulatorOptions.Port"/> has no meaning here.</param>
    /// <returns>The same services.</returns>
    public static IServiceCollection AddBinanceEmulator(this IServiceCollection services, Action<BinanceEmulatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var emulator = services.LastOrDefault(service => service.ServiceType == typeof(BinanceEmulator))?.ImplementationInstance as BinanceEmulator;
        if (emulator is null)
        {
            // An instance, not a factory: a container that is disposed synchronously throws for a service that is only IAsyncDisposable.
            services.AddSingleton(emulator = new BinanceEmulator());
            services.AddSingleton(_ => new HostedTokenFile(emulator.Server));
        }

        configure?.Invoke(emulator.Options);
        return services;
    }
}
