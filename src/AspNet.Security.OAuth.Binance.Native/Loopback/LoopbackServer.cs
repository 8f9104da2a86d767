using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// Accepts connections and reads their requests. Bounded in number and time, so that a slow client, or one with many connections, does not block others.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const int Limit = 128;

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly IReadOnlyList<TcpListener> _listeners;
    private readonly Func<Connection, RequestHead, Task> _respond;
    private readonly TimeProvider _time;
    private readonly Task _accepting;

    // The oldest first; null when the server is closed.
    private List<Connection>? _connections = [];

    /// <param name="listeners">The listeners, which are closed with the server.</param>
    /// <param name="respond">Responds to a request.</param>
    /// <param name="time">The clock.</param>
    public LoopbackServer(IReadOnlyList<TcpListener> listeners, Func<Connection, RequestHead, Task> respond, TimeProvider time)
    {
        (_listeners, _respond, _time) = (listeners, respond, time);
        _accepting = Task.WhenAll(listeners.Select(AcceptAsync));
    }

    public async ValueTask DisposeAsync()
    {
        List<Connection>? connections;
        lock (_lock)
        {
            (connections, _connections) = (_connections, null);
        }

        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        connections?.ForEach(static connection => connection.Dispose());
        await _accepting.ConfigureAwait(false);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        // The caller may be the thread of a user interface.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(new Connection(await listener.AcceptSocketAsync(_closing.Token).ConfigureAwait(false), _time));
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                // The server is closed. InvalidOperationException: the listener was closed before the call.
                return;
            }
            catch (SocketException)
            {
                // The client has closed the connection, or the process has no free handles at the moment.
                await Task.Delay(_pause, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        try
        {
            if (TryAdd(connection) && await connection.ReadHeadAsync().ConfigureAwait(false) is { } head)
            {
                await _respond(connection, head).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The client has closed the connection or was too slow, or the server is closed.
        }
        finally
        {
            connection.Dispose();
            lock (_lock)
            {
                _connections?.Remove(connection);
            }
        }
    }

    private bool TryAdd(Connection connection)
    {
        lock (_lock)
        {
            if (_connections is null)
            {
                return false;
            }

            // Browsers open connections in advance, and any program can open hundreds: the oldest is closed. A browser with a request has sent it by then.
            if (_connections.Count >= Limit && _connections.FindIndex(static open => !open.IsHeld) is >= 0 and var oldest)
            {
                _connections[oldest].Dispose();
                _connections.RemoveAt(oldest);
            }

            _connections.Add(connection);
            return true;
        }
    }
}
