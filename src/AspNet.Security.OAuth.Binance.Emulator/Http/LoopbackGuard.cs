using System.Net;
using AspNet.Security.OAuth.Binance.Emulator.Messages;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>Keeps out everybody but the machine itself: the emulator lets whoever asks sign in as anybody.</summary>
internal static class LoopbackGuard
{
    private static readonly string[] _forwarding = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"];

    /// <returns>The answer to a request from elsewhere, or <see langword="null"/>.</returns>
    public static EmulatorResponse? Refuse(HttpContext context)
    {
        // No address: a server in memory or a Unix socket.
        if (context.Connection.RemoteIpAddress is { } remote && !IsLoopback(remote))
        {
            return EmulatorResponse.Text(403, "The Binance emulator answers the machine that it runs on, and nobody else.");
        }

        // A proxy or a tunnel on this machine makes everybody outside look like the machine itself, and mostly says so.
        if (_forwarding.Any(context.Request.Headers.ContainsKey))
        {
            return EmulatorResponse.Text(403, "The Binance emulator does not answer through a proxy or a tunnel.");
        }

        // A page on another site can point its own name at 127.0.0.1 (DNS rebinding) and would then be of the same origin; its name gives it away.
        return context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]"
            ? null
            : EmulatorResponse.Text(403, "The Binance emulator is called localhost, 127.0.0.1 or [::1], and answers to no other name.");
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
