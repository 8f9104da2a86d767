using System.Net;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Refuses requests from other machines, because the emulator lets anybody sign in as anybody.</summary>
internal static class LoopbackGuard
{
    private static readonly string[] _forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"];

    /// <returns>The response to a request from elsewhere, or <see langword="null"/>.</returns>
    public static EmulatorResponse? Refuse(HttpContext context)
    {
        // An in-memory server or a Unix socket has no remote address.
        if (context.Connection.RemoteIpAddress is { } remote && !IsLoopback(remote))
        {
            return EmulatorResponse.Text(403, "The Binance emulator answers the machine that it runs on, and nobody else.");
        }

        // Behind a proxy or a tunnel on this machine every remote address is loopback. Most of them send one of these headers.
        if (_forwarding.Any(context.Request.Headers.ContainsKey))
        {
            return EmulatorResponse.Text(403, "The Binance emulator does not answer through a proxy or a tunnel.");
        }

        // DNS rebinding: a site that points its own name at 127.0.0.1 is of the same origin as the emulator. Its Host header differs.
        return context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
            ? null
            : EmulatorResponse.Text(403, "The Binance emulator is called localhost, 127.0.0.1 or [::1], and answers to no other name.");
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
