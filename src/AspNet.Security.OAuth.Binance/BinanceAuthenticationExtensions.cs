using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds "Login with Binance" to an application.
/// </summary>
public static class BinanceAuthenticationExtensions
{
    /// <summary>
    /// Adds the scheme <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>, with the options
    /// that the configuration holds below <c>Authentication:Schemes:Binance</c>.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(this AuthenticationBuilder builder)
        => builder.AddBinance(BinanceAuthenticationDefaults.AuthenticationScheme, static _ => { });

    /// <summary>
    /// Adds the scheme <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configuration">Sets options; what it sets wins over the configuration below <c>Authentication:Schemes:Binance</c>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(this AuthenticationBuilder builder, Action<BinanceAuthenticationOptions> configuration)
        => builder.AddBinance(BinanceAuthenticationDefaults.AuthenticationScheme, configuration);

    /// <summary>
    /// Adds a scheme of the given name.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="scheme">The scheme's name. Two schemes beside each other need two names and two callback paths.</param>
    /// <param name="configuration">Sets options; what it sets wins over the configuration below <c>Authentication:Schemes:{scheme}</c>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(
        this AuthenticationBuilder builder, string scheme, Action<BinanceAuthenticationOptions> configuration)
        => builder.AddBinance(scheme, BinanceAuthenticationDefaults.DisplayName, configuration);

    /// <summary>
    /// Adds a scheme of the given name.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="scheme">The scheme's name. Two schemes beside each other need two names and two callback paths.</param>
    /// <param name="caption">The name that a login page shows.</param>
    /// <param name="configuration">Sets options; what it sets wins over the configuration below <c>Authentication:Schemes:{scheme}</c>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(
        this AuthenticationBuilder builder, string scheme, string? caption, Action<BinanceAuthenticationOptions> configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(configuration);

        // Before AddOAuth: the configuration is read before the delegate runs, and our backchannel is made before the base makes its own.
        var services = builder.Services;
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<BinanceAuthenticationOptions>, ConfigureBinanceOptions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<BinanceAuthenticationOptions>, PostConfigureBinanceOptions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CookieAuthenticationOptions>, WrapCookieEvents>());

        AddTokenLifetime(services);

        // A wrong option stops the start, not the first visitor.
        services.AddOptions<BinanceAuthenticationOptions>(scheme).ValidateOnStart();

        return builder.AddOAuth<BinanceAuthenticationOptions, BinanceAuthenticationHandler>(scheme, caption!, configuration);
    }

    // Each of them once, however many schemes there are: a refresh token is let through once in the whole process.
    private static void AddTokenLifetime(IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton<BinanceMetrics>();
        services.TryAddSingleton<RefreshGate>();
        services.TryAddSingleton<FarmGate>();
        services.TryAddSingleton<EndedSessions>();
        services.TryAddSingleton<TokenRefresher>();
        services.TryAddSingleton<TokenRevoker>();
        services.TryAddSingleton<SignOutRevocation>();
        services.TryAddSingleton<IssuedTickets>();
        services.TryAddSingleton<CookieRefresh>();
        services.TryAddSingleton<CookieSignOut>();
        services.TryAddSingleton<FreshSessionKey>();
        services.TryAddSingleton(static provider => new BinanceClient(
            provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>(),
            provider.GetRequiredService<TokenRefresher>(),
            provider.GetRequiredService<TokenRevoker>()));
    }
}
