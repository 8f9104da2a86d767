using System.Net;
using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A port for a server that cannot have one chosen by the system.
/// </summary>
internal static class LoopbackPort
{
    /// <summary>Starts a server on a free port. Between finding it and listening on it somebody else may take it.</summary>
    public static async Task StartAsync(string server, Func<int, Task<bool>> tryStart)
    {
        for (var attempt = 1; !await tryStart(Free()); attempt++)
        {
            Assert.True(attempt < 5, $"{server} found no port to listen on.");
        }
    }

    private static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
