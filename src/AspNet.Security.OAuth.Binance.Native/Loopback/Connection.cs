using System.Net.Sockets;

namespace AspNet.Security.OAuth.Binance.Loopback;

/// <summary>
/// A connection: one request, one response.
/// </summary>
internal sealed class Connection(Socket socket, TimeProvider time) : IDisposable
{
    // A code may have 4096 characters, and a browser sends the cookies of every application on this host, because cookies do not depend on the port (RFC 6265 section 8.5).
    private const int HeadLimit = 32 * 1024;
    private const int UsualLength = 2 * 1024;
    private const int DrainLimit = 4 * 1024 * 1024;

    private static readonly TimeSpan _headTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(1);

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);
    private volatile bool _isHeld;

    /// <summary>Gets or sets a value indicating whether the connection waits for the last page, so that it is not closed in favour of another one.</summary>
    public bool IsHeld { get => _isHeld; set => _isHeld = value; }

    /// <summary>Gets a task that completes when the browser has closed the connection. It never fails.</summary>
    public Task Closed { get; private set; } = Task.CompletedTask;

    /// <summary>Gets a value indicating whether the browser has closed the connection, even if <see cref="Closed"/> has not completed yet.</summary>
    public bool HasClosed => Closed.IsCompleted || (socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available is 0);

    /// <summary>Reads the head of the request.</summary>
    /// <returns>The head, or <see langword="null"/> if there is none. A request without a valid head has been responded to.</returns>
    /// <exception cref="OperationCanceledException">It was not complete in time.</exception>
    public async Task<RequestHead?> ReadHeadAsync()
    {
        using var timeout = new CancellationTokenSource(_headTimeout, time);
        var buffer = new byte[UsualLength];
        for (var length = 0; length < HeadLimit;)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length * 2);
            }

            var read = await _stream.ReadAsync(buffer.AsMemory(length), timeout.Token).ConfigureAwait(false);
            if (read is 0)
            {
                return null;
            }

            // The end of the head may span two reads.
            var from = Math.Max(0, length - 3);
            length += read;
            if (buffer.AsSpan(from, length - from).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
            {
                Closed = DrainAsync();
                if (RequestHead.TryParse(buffer.AsSpan(0, from + end), out var head))
                {
                    return head;
                }

                await SendAsync(Response.BadRequest).ConfigureAwait(false);
                return null;
            }
        }

        Closed = DrainAsync();
        await SendAsync(Response.HeadTooLarge).ConfigureAwait(false);
        return null;
    }

    /// <summary>Sends the response, and waits for at most a second until the browser has received it and closes the connection.</summary>
    public async Task SendAsync(Response response)
    {
        await _stream.WriteAsync(response.Bytes).ConfigureAwait(false);

        // Closing a socket with unread data resets the connection, and the browser may lose the response (RFC 9112 section 9.6).
        socket.Shutdown(SocketShutdown.Send);
        try
        {
            await Closed.WaitAsync(_closeTimeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    public void Dispose() => _stream.Dispose();

    // Discards a body, or another request, which gets no response.
    private async Task DrainAsync()
    {
        var buffer = new byte[UsualLength];
        try
        {
            for (int left = DrainLimit, read; left > 0 && (read = await _stream.ReadAsync(buffer).ConfigureAwait(false)) > 0; left -= read)
            {
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
        }
    }
}
