using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Refuses requests from other machines, because the emulator lets anybody sign in as anybody; unless they call it by a name in
/// <see cref="BinanceEmulatorOptions.AllowedHosts"/>.
/// </summary>
internal sealed class LoopbackGuard(BinanceEmulatorOptions options)
{
    /// <returns>Why the request is refused, or <see langword="null"/>.</returns>
    public string? Refuse(HttpContext context)
    {
        var host = RequestHost.Of(context.Request).Host;
        if (options.Hosts.Contains(host))
        {
            return null;
        }

        // DNS rebinding: a site that points its own name at 127.0.0.1 is of the same origin as the emulator. Its Host header differs.
        if (!EmulatorHosts.IsLoopback(host))
        {
            return "This Binance emulator responds to the names localhost, 127.0.0.1 and [::1], and to those in AllowedHosts (--allow-host).";
        }

        // An in-memory server or a Unix socket has no remote address.
        if (context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(Plain(remote)))
        {
            return "This Binance emulator responds to the machine that it runs on. For others it needs a name of its own, in AllowedHosts (--allow-host).";
        }

        // Behind a proxy or a tunnel on this machine every remote address is loopback.
        return IsForwarded(context)
            ? "This Binance emulator does not respond through a proxy or a tunnel, unless that passes on a Host that is in AllowedHosts (--allow-host)."
            : null;
    }

    private static bool IsForwarded(HttpContext context)
        => context.Request.Headers.Any(header => IsForProxies(header.Key)) || IsReplaced(context.Connection, TransportOf(context.Features));

    // X-Original-*: what ForwardedHeadersMiddleware leaves of the headers that it has consumed, and what IIS sends.
    private static bool IsForProxies(string header)
        => header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
            || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || header.Equals("Via", StringComparison.OrdinalIgnoreCase)
            || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);

    // A middleware has replaced the remote address by one that a header says, whatever the header is called: anybody can say 127.0.0.1.
    private static bool IsReplaced(ConnectionInfo connection, EndPoint? transport) => transport switch
    {
        null => false,
        IPEndPoint own => connection.RemoteIpAddress is not { } remote || !Plain(own.Address).Equals(Plain(remote)) || own.Port != connection.RemotePort,
        _ => connection.RemoteIpAddress is not null,
    };

    // Kestrel has the second, an in-memory server has neither.
    private static EndPoint? TransportOf(IFeatureCollection features)
        => features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint ?? features.Get<IConnectionSocketFeature>()?.Socket.RemoteEndPoint;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
