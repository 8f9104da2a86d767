using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The emulator as the Binance of an example, whose code does not name the client and the server.
/// </summary>
internal static class EmulatedBinance
{
    public static void UseEmulator(this IServiceCollection services, BinanceEmulator binance)
        => services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
        {
            (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret);
            options.UseServer(binance.BaseAddress);
        });
}
