using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.HttpClients;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// Adds the user's access token to an application's own HTTP clients.
/// </summary>
public static class BinanceHttpClientBuilderExtensions
{
    /// <summary>
    /// Sends the signed-in user's current access token with each call of this client. It goes to the scheme, host and port of the
    /// client's <see cref="HttpClient.BaseAddress"/> and nowhere else; a redirect does not carry it. Without a base address, without a
    /// signed-in user, without a valid token, or over plain http off loopback (unless
    /// <see cref="BinanceAuthenticationOptions.RequireHttpsEndpoints"/> is switched off), the call throws an <see cref="InvalidOperationException"/>
    /// before anything is sent.
    /// It is the token of the ticket that the request is signed in with, in whichever cookie that is, and never that of another user.
    /// In a Blazor circuit, in a method of a SignalR hub, and in a request that outlives its token, it is the newest token of the session on the server
    /// (<c>AddBinanceServerSessions</c>); a refresh of it that fails is a <see cref="BinanceAuthenticationException"/>.
    /// </summary>
    /// <param name="builder">The client's builder.</param>
    /// <param name="scheme">The Binance scheme that the user signed in with, which issued the ticket. The default is <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.</param>
    /// <returns>The same builder.</returns>
    public static IHttpClientBuilder AddBinanceAccessToken(
        this IHttpClientBuilder builder, string scheme = BinanceAuthenticationDefaults.AuthenticationScheme)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        var services = builder.Services;
        services.AddHttpContextAccessor();
        services.TryAddSingleton<BinanceSchemes>();
        services.TryAddSingleton<CurrentAccessToken>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<CircuitHandler, CircuitUser>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<HubOptions>, HubUser>());
        return builder.AddHttpMessageHandler(provider => new BinanceAccessTokenHandler(
            provider.GetRequiredService<CurrentAccessToken>(), provider.GetRequiredService<BinanceSchemes>(), builder.Name, scheme, BaseAddressOf(provider, builder.Name)));
    }

    // Applies the application's configuration to a client that sends nothing, in order to read its base address.
    private static Uri? BaseAddressOf(IServiceProvider services, string name)
    {
        using var client = new HttpClient();
        foreach (var configure in services.GetRequiredService<IOptionsMonitor<HttpClientFactoryOptions>>().Get(name).HttpClientActions)
        {
            configure(client);
        }

        return client.BaseAddress;
    }
}
