using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// Finds a free port for a loopback redirect URI, and listens to it.
/// </summary>
internal static class LoopbackPorts
{
    private const int Attempts = 10;

    /// <summary>Listens on the port of the URI, on the first free one of the given ports, or on one that the system chooses.</summary>
    /// <param name="redirectUri">The redirect URI. Port 80, the default of http, counts as none.</param>
    /// <param name="ports">The ports to try if the URI has none.</param>
    /// <returns>The listeners, of which there are two for <c>localhost</c>, and the redirect URI with the port inserted. Its original string is otherwise unchanged.</returns>
    /// <exception cref="BinanceAuthenticationException">No port is free.</exception>
    public static (IReadOnlyList<TcpListener> Listeners, Uri RedirectUri) Listen(Uri redirectUri, IEnumerable<int> ports)
    {
        var addresses = Addresses(redirectUri.Host);
        var hasPort = redirectUri is { IsDefaultPort: false, Port: > 0 };
        int[] candidates = hasPort ? [redirectUri.Port] : [.. ports];

        // Several attempts: the port that the system chooses for IPv4 may be in use for IPv6.
        foreach (var candidate in candidates is [] ? Enumerable.Repeat(0, Attempts) : candidates)
        {
            if (TryListen(addresses, candidate, out var port) is { } listeners)
            {
                return (listeners, hasPort ? redirectUri : new Uri(WithPort(redirectUri.OriginalString, port)));
            }
        }

        throw new BinanceAuthenticationException(BinanceFailure.PortUnavailable, candidates switch
        {
            [] => $"The system has no free port for a sign-in at {redirectUri.Host}.",
            [var port] => string.Create(CultureInfo.InvariantCulture, $"The application cannot listen on port {port} of {redirectUri.Host}, to which the browser returns. Another program may use it."),
            _ => $"The application cannot listen on any of the ports {string.Join(", ", candidates)} of {redirectUri.Host}, to which the browser returns. Other programs may use them.",
        });
    }

    // No other address, at which the network could reach the listener (RFC 8252 section 8.3).
    private static IPAddress[] Addresses(string host) => host switch
    {
        "127.0.0.1" => [IPAddress.Loopback],
        "[::1]" => [IPAddress.IPv6Loopback],
        "localhost" => [IPAddress.Loopback, IPAddress.IPv6Loopback],
        _ => throw new ArgumentException("The redirect URI is not on the loopback interface."),
    };

    // A port has to be free on each address: for localhost a browser may use either, and another program that listens on one of them would receive the code.
    private static List<TcpListener>? TryListen(IPAddress[] addresses, int candidate, out int port)
    {
        List<TcpListener> listeners = [];
        port = candidate;
        foreach (var address in addresses)
        {
            TcpListener? listener = null;
            try
            {
                // Exclusive: on Windows, another process could otherwise listen on the same port.
                listener = new TcpListener(address, port) { ExclusiveAddressUse = true };
                listener.Start();
                listeners.Add(listener);
                port = ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException exception)
            {
                listener?.Dispose();
                if (listeners is not [] && exception.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
                {
                    // The machine has no IPv6, and its browsers do not use that address.
                    continue;
                }

                listeners.ForEach(static open => open.Dispose());
                return null;
            }
        }

        return listeners;
    }

    // Not by Uri, which would add a slash or change the case: servers compare redirect URIs as strings.
    private static string WithPort(string redirectUri, int port)
    {
        var start = redirectUri.IndexOf("://", StringComparison.Ordinal) + 3;
        var length = redirectUri.AsSpan(start).IndexOfAny('/', '?', '#');
        var end = length < 0 ? redirectUri.Length : start + length;
        var host = redirectUri.AsSpan(start, end - start);
        if (host.LastIndexOf(':') is var colon && colon > host.LastIndexOf(']'))
        {
            host = host[..colon];
        }

        return string.Create(CultureInfo.InvariantCulture, $"{redirectUri.AsSpan(0, start)}{host}:{port}{redirectUri.AsSpan(end)}");
    }
}
