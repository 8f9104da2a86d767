using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Callback;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Endpoints;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Json;
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
    /// <param name="scheme">The scheme's name. Two schemes need different names and different callback paths.</param>
    /// <param name="configuration">Sets options; what it sets wins over the configuration below <c>Authentication:Schemes:{scheme}</c>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(
        this AuthenticationBuilder builder, string scheme, Action<BinanceAuthenticationOptions> configuration)
        => builder.AddBinance(scheme, BinanceAuthenticationDefaults.DisplayName, configuration);

    /// <summary>
    /// Adds a scheme of the given name.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="scheme">The scheme's name. Two schemes need different names and different callback paths.</param>
    /// <param name="caption">The name that a login page shows.</param>
    /// <param name="configuration">Sets options; what it sets wins over the configuration below <c>Authentication:Schemes:{scheme}</c>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinance(
        this AuthenticationBuilder builder, string scheme, string? caption, Action<BinanceAuthenticationOptions> configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(configuration);

        var services = builder.Services;
        services.Configure<BinanceSchemeNames>(registered => registered.Names.Add(scheme));
        services.AddBinanceCore();
        AddEndpoints(services);
        services.TryAddSingleton<CodeExchanges>();

        // A wrong option fails at startup, not at the first request.
        services.AddOptions<BinanceAuthenticationOptions>(scheme).ValidateOnStart();
        services.AddOptions<SignInSchemeCheck.AtStart>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SignInSchemeCheck.AtStart>, SignInSchemeCheck>());
        return builder.AddOAuth<BinanceAuthenticationOptions, BinanceAuthenticationHandler>(scheme, caption!, configuration);
    }

    /// <summary>Adds the services that do not depend on a scheme.</summary>
    internal static void AddBinanceCore(this IServiceCollection services)
    {
        AddConfiguration(services);
        AddTokens(services);
        AddCookies(services);
    }

    // Before AddOAuth: the configuration is read before the delegate runs, and this package's HTTP client is created before the base class's.
    private static void AddConfiguration(IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<BinanceAuthenticationOptions>, ConfigureBinanceOptions>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<BinanceAuthenticationOptions>, PostConfigureBinanceOptions>());
        services.TryAddSingleton<BinanceSchemes>();
        services.TryAddSingleton<SignInSchemes>();
    }

    // Singletons shared by all schemes: a refresh token is refreshed once in the whole process.
    private static void AddTokens(IServiceCollection services)
    {
        services.AddLogging();
        services.AddMetrics();
        services.TryAddSingleton(typeof(SafeLogger<>));
        services.TryAddSingleton<BinanceMetrics>();
        services.TryAddSingleton<IssuedTickets>();
        services.TryAddSingleton<FarmStores>();
        services.TryAddSingleton<FarmLocks>();
        services.TryAddSingleton<WebFarm>();
        services.TryAddSingleton<SharedSessions>();
        services.TryAddSingleton<SessionRegistry>();
        services.TryAddSingleton<TokenRefresher>();
        services.TryAddSingleton<TokenRevoker>();
        services.TryAddSingleton<RefreshChain>();
        services.TryAddSingleton<SessionTokens>();
        services.TryAddSingleton(static provider => new BinanceTokenService(
            provider.GetRequiredService<BinanceSchemes>(),
            provider.GetRequiredService<TokenRefresher>(),
            provider.GetRequiredService<TokenRevoker>()));
    }

    private static void AddCookies(IServiceCollection services)
    {
        services.TryAddSingleton<SessionCookieReader>();
        services.TryAddSingleton<SignOutRevocation>();
        services.TryAddSingleton<SessionUpdate>();
        services.TryAddSingleton<StoredSessions>();
        services.TryAddSingleton<CookieWriter>();
        services.TryAddSingleton<CookieRefresh>();
        services.TryAddSingleton<CookieSignIn>();
        services.TryAddSingleton<ReplacedSessions>();
        services.TryAddSingleton<SignInCounts>();
        services.TryAddSingleton<CookieSignOut>();
        services.TryAddSingleton<UnkeptTokens>();

        // Validation is the last step in the creation of options. Events that a post-configuration installs are lost when an application
        // sets events in a configuration or post-configuration that is registered later.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CookieAuthenticationOptions>, InstallCookieEvents>());
    }

    // For MapBinanceLogin, shared by all schemes.
    private static void AddEndpoints(IServiceCollection services)
    {
        services.AddAntiforgery();
        services.TryAddSingleton<LoginGroups>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JsonOptions>, ConfigureUserResponse>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<CookieAuthenticationOptions>, ConfigureLoginPaths>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BinanceAuthenticationOptions>, ConfigureLoginPaths>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, LoginPathsStartupFilter>());
    }
}
