using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Emulator.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the Binance emulator into an application's own host.</summary>
public static class BinanceEmulatorEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the emulator's endpoints, under the prefix of a <c>MapGroup</c> if there is one, and its status page at <c>/emulator</c>.
    /// They need no authorization. Requests from another machine, through a proxy, or with another host name than localhost, 127.0.0.1 or [::1] get
    /// 403, unless the name is in <see cref="BinanceEmulatorOptions.AllowedHosts"/>; so do cross-site requests (CSRF).
    /// </summary>
    /// <param name="endpoints">The route builder.</param>
    /// <returns>A builder for conventions of all its endpoints.</returns>
    /// <exception cref="InvalidOperationException">
    /// <c>AddBinanceEmulator</c> was not called; or the environment is Production (the framework's default), and <see cref="BinanceEmulatorOptions.AllowProduction"/> is not set.
    /// </exception>
    /// <exception cref="IOException"><see cref="BinanceEmulatorOptions.TokenFile"/> is in use, or refused by the system.</exception>
    /// <exception cref="InvalidDataException"><see cref="BinanceEmulatorOptions.TokenFile"/> is another file, or broken. It is not changed.</exception>
    public static IEndpointConventionBuilder MapBinanceEmulator(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var services = endpoints.ServiceProvider;
        var emulator = services.GetService<BinanceEmulator>()
            ?? throw new InvalidOperationException("There is no Binance emulator: call services.AddBinanceEmulator() first.");
        ProductionGuard.Check(emulator.Options, services.GetRequiredService<IHostEnvironment>().IsProduction(), "IHostEnvironment.IsProduction()");
        services.GetRequiredService<HostedTokenFile>().Open();
        emulator.Server.MarkStart();

        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger(EmulatorLog.Category);
        EmulatorLog.Mapped(logger);
        return EmulatorRoutes.Map(endpoints, emulator.Server, logger, isAlone: false).AllowAnonymous();
    }
}
