using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.HttpClients;
using AspNet.Security.OAuth.Binance.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Keeps the sessions of an application on the server.
/// </summary>
public static class BinanceServerSessionsExtensions
{
    // Longer than any session, and without overflow of DateTimeOffset.
    private static readonly TimeSpan _longestLifetime = TimeSpan.FromDays(3650);

    /// <summary>
    /// Keeps the sessions of the cookie that the Binance schemes sign in to in the application's distributed cache. Where there is none, or
    /// <c>AddDistributedMemoryCache</c> made it, they are in memory of this process. The cookie then holds a key. A session has at most 64 KiB:
    /// a sign-in with more fails. The application does not start when it is not clear which cookie that is, or when the cookie has a
    /// <see cref="CookieAuthenticationOptions.SessionStore"/> already.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinanceServerSessions(this AuthenticationBuilder builder)
        => builder.AddBinanceServerSessions(static _ => { });

    /// <summary>
    /// Keeps the sessions of the cookie that the Binance schemes sign in to on the server.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="configuration">Sets options.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinanceServerSessions(this AuthenticationBuilder builder, Action<BinanceServerSessionsOptions> configuration)
        => Add(builder, null, configuration);

    /// <summary>
    /// Keeps the sessions of one cookie on the server.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="cookieScheme">The name of the cookie's scheme, for example <see cref="CookieAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinanceServerSessions(this AuthenticationBuilder builder, string cookieScheme)
        => builder.AddBinanceServerSessions(cookieScheme, static _ => { });

    /// <summary>
    /// Keeps the sessions of one cookie on the server.
    /// </summary>
    /// <param name="builder">The authentication builder.</param>
    /// <param name="cookieScheme">The name of the cookie's scheme.</param>
    /// <param name="configuration">Sets options, which are the same for all cookies.</param>
    /// <returns>The same builder.</returns>
    public static AuthenticationBuilder AddBinanceServerSessions(
        this AuthenticationBuilder builder, string cookieScheme, Action<BinanceServerSessionsOptions> configuration)
    {
        ArgumentException.ThrowIfNullOrEmpty(cookieScheme);
        return Add(builder, cookieScheme, configuration);
    }

    private static AuthenticationBuilder Add(AuthenticationBuilder builder, string? cookieScheme, Action<BinanceServerSessionsOptions> configuration)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configuration);

        var services = builder.Services;
        services.Configure<ServerSessionRequests>(requests =>
        {
            if (cookieScheme is null)
            {
                requests.IncludesSignIn = true;
            }
            else
            {
                requests.Names.Add(cookieScheme);
            }
        });
        services.AddOptions<BinanceServerSessionsOptions>()
            .Configure(configuration)
            .Validate(
                static options => options.MaximumLifetime > TimeSpan.Zero && options.MaximumLifetime <= _longestLifetime,
                $"{nameof(BinanceServerSessionsOptions.MaximumLifetime)} has to be positive, and at most {_longestLifetime.TotalDays} days.")
            .Validate(
                static options => options.UnavailablePath.Value?.IndexOfAny(['?', '#']) is null or < 0,
                $"{nameof(BinanceServerSessionsOptions.UnavailablePath)} has to be a path, without a query or a fragment.")
            .ValidateOnStart();

        services.AddBinanceCore();
        services.AddHttpContextAccessor();
        services.TryAddSingleton<ServerSessionCookies>();
        services.TryAddSingleton<SessionCache>();
        services.TryAddSingleton<SessionEntries>();
        services.TryAddSingleton<SessionIndex>();
        services.TryAddSingleton<UserSessions>();
        services.TryAddSingleton(static provider => new BinanceSessions(
            provider.GetRequiredService<UserSessions>(), provider.GetRequiredService<CurrentSession>(), provider.GetRequiredService<SessionAccessTokens>()));
        services.TryAddSingleton<SessionAccessTokens>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAccessTokenSource, SessionAccessTokens>());
        services.TryAddSingleton<CurrentSession>();
        services.TryAddSingleton<UnavailablePage>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CookieAuthenticationOptions>, InstallServerSessionStore>());
        services.AddOptions<ServerSessionsCheck.AtStart>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ServerSessionsCheck.AtStart>, ServerSessionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ServerSessionsStartupFilter>());
        return builder;
    }
}
