using System.Net;
using AspNet.Security.OAuth.Binance.Emulator.Setup;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Refuses requests from other machines, because the emulator lets everyone sign in as any account. Requests to a name in
/// <see cref="BinanceEmulatorOptions.AllowedHosts"/> are allowed.
/// </summary>
internal sealed class LoopbackGuard(BinanceEmulatorOptions options)
{
    /// <returns>The reason for the refusal, or <see langword="null"/>.</returns>
    public string? Refuse(HttpContext context)
    {
        var host = RequestHost.Of(context.Request).Host;
        if (options.Hosts.Contains(host))
        {
            return null;
        }

        // DNS rebinding: when another site's name resolves to 127.0.0.1, its pages have the same origin as the emulator. The Host header shows it.
        if (!AllowedHosts.IsLoopback(host))
        {
            return "This Binance emulator responds to the host names localhost, 127.0.0.1 and [::1], and to those in AllowedHosts (--allow-host).";
        }

        // An in-memory server and a Unix socket have no remote address.
        if (context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(Plain(remote)))
        {
            return "This Binance emulator responds to requests of its own machine. Other machines must use a host name in AllowedHosts (--allow-host).";
        }

        // For a proxy or a tunnel on this machine the remote address is always loopback.
        return IsForwarded(context)
            ? "This Binance emulator does not respond through a proxy or a tunnel, unless the Host header has a name in AllowedHosts (--allow-host)."
            : null;
    }

    private static bool IsForwarded(HttpContext context)
        => context.Request.Headers.Any(header => IsForProxies(header.Key)) || IsReplaced(context.Connection, TransportOf(context.Features));

    // X-Original-*: set by ForwardedHeadersMiddleware for the headers that it has removed, and by IIS.
    private static bool IsForProxies(string header)
        => header.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || header.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)
            || header.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || header.Equals("Via", StringComparison.OrdinalIgnoreCase)
            || header.Equals("X-Real-IP", StringComparison.OrdinalIgnoreCase);

    // A middleware has replaced the remote address by the value of a header with any name, which may be forged.
    private static bool IsReplaced(ConnectionInfo connection, EndPoint? transport) => transport switch
    {
        null => false,
        IPEndPoint own => connection.RemoteIpAddress is not { } remote || !Plain(own.Address).Equals(Plain(remote)) || own.Port != connection.RemotePort,
        _ => connection.RemoteIpAddress is not null,
    };

    // Kestrel has the second feature, an in-memory server has neither.
    private static EndPoint? TransportOf(IFeatureCollection features)
        => features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint ?? features.Get<IConnectionSocketFeature>()?.Socket.RemoteEndPoint;

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
