using AspNet.Security.OAuth.Binance;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds a <see cref="BinanceLogin"/> to an application's services.
/// </summary>
public static class BinanceLoginServiceCollectionExtensions
{
    /// <summary>
    /// Adds the application's <see cref="BinanceLogin"/>. An <see cref="IBinanceBrowser"/>, an <see cref="IBinanceTokenStore"/> and a
    /// <see cref="TimeProvider"/> among the services are used if the options do not set one.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static IServiceCollection AddBinanceLogin(this IServiceCollection services, Action<BinanceLoginOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.Configure(configure);
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<BinanceLoginOptions>>().Value;
            options.Browser ??= provider.GetService<IBinanceBrowser>();
            options.TokenStore ??= provider.GetService<IBinanceTokenStore>();
            options.TimeProvider ??= provider.GetService<TimeProvider>();
            return new BinanceLogin(options, provider.GetService<ILogger<BinanceLogin>>());
        });
        return services;
    }
}
