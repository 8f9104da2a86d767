using System.Net;
using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Processes;

/// <summary>
/// A port for a server that does not support a port chosen by the system.
/// </summary>
internal static class LoopbackPort
{
    /// <summary>Starts a server on a free port. Retries, because another process may bind the port before the server does.</summary>
    public static async Task StartAsync(string server, Func<int, Task<bool>> tryStart)
    {
        for (var attempt = 1; !await tryStart(Free()); attempt++)
        {
            Assert.True(attempt < 5, $"{server} found no port to listen on.");
        }
    }

    /// <summary>Finds a free port. Another process may bind it before the caller does.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
