using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;

/// <summary>
/// The resources of a process.
/// </summary>
internal sealed record ProcessState(int Handles, int Threads, long Memory)
{
    public static async Task<ProcessState> TakeAsync()
    {
        // Objects of work that has just ended may still be on this stack, and would count as retained.
        await Task.Yield();
        CollectGarbage();
        using var process = Process.GetCurrentProcess();
        return new(process.HandleCount, process.Threads.Count, GC.GetTotalMemory(forceFullCollection: true));
    }

    /// <summary>Waits until no connection of these servers is open. To be called before a garbage collection, which closes leaked ones.</summary>
    public static async Task<bool> NoConnectionIsOpenAsync(TimeSpan timeout, params Uri[] servers)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (OpenConnections(servers) > 0)
        {
            try
            {
                await timer.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return true;
    }

    // Runs the finalizers of unreferenced objects, which report unobserved exceptions.
    private static void CollectGarbage()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    // A connection in TIME_WAIT, or on its way there, is the system's alone.
    private static int OpenConnections(Uri[] servers) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Where(connection => connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived)
        .Count(connection => Array.Exists(servers, server => Is(connection.LocalEndPoint, server) || Is(connection.RemoteEndPoint, server)));

    private static bool Is(IPEndPoint end, Uri server) => IPAddress.IsLoopback(end.Address) && end.Port == server.Port;
}
