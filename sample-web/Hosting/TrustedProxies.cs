using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace SampleWeb.Hosting;

/// <summary>
/// A proxy that terminates TLS sends <c>X-Forwarded-Proto: https</c>. Without it the redirect URI would begin with http and Binance would
/// refuse it. Any client can send that header, so it is accepted only from the addresses that <c>ForwardedHeaders:KnownProxies</c> lists.
/// Without a list it is ignored.
/// </summary>
internal static class TrustedProxies
{
    private const string Key = "ForwardedHeaders:KnownProxies";

    /// <summary>
    /// Reads the list.
    /// </summary>
    /// <exception cref="StartupException">An entry is not an IP address.</exception>
    public static void AddTrustedProxies(this WebApplicationBuilder builder)
    {
        var proxies = Array.ConvertAll(builder.Configuration.GetSection(Key).Get<string[]>() ?? [], Parse);
        if (proxies.Length == 0)
        {
            return;
        }

        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;

            // The framework's own list trusts this machine.
            options.KnownIPNetworks.Clear();
            options.KnownProxies.Clear();
            foreach (var proxy in proxies)
            {
                options.KnownProxies.Add(proxy);
            }
        });
    }

    private static IPAddress Parse(string value) => IPAddress.TryParse(value, out var address)
        ? address
        : throw new StartupException($"{Key}: \"{value}\" is not an IP address.");
}
