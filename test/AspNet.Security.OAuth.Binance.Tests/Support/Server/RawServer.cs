using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Server;

/// <summary>Responds to one request, whose connection is closed when this ends.</summary>
internal delegate Task RawResponse(string request, Stream stream, CancellationToken stop);

/// <summary>
/// A server on loopback whose response is what a test writes to the connection: truncated, slow, endless, or not HTTP.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RawResponse _respond;
    private readonly Task _serving;
    private int _requests;

    public RawServer(RawResponse respond)
    {
        _respond = respond;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>A server that sends these bytes and closes the connection.</summary>
    public RawServer(string response)
        : this((_, stream, stop) => SendAsync(stream, response, stop))
    {
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The first request, head and body, once it has arrived and before the response.</summary>
    public Task<string> FirstRequest => _first.Task.WaitAsync(TestTimeout.Token);

    public static async Task SendAsync(Stream stream, string text, CancellationToken stop)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text), stop);
        await stream.FlushAsync(stop);
    }

    /// <summary>Keeps the connection open without a byte, until the test ends.</summary>
    public static Task HangAsync(string request, Stream stream, CancellationToken stop)
        => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(HandleAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task HandleAsync(TcpClient connection)
    {
        using (connection)
        {
            try
            {
                var stream = connection.GetStream();
                var request = await ReadRequestAsync(stream, _stop.Token);
                Interlocked.Increment(ref _requests);
                _first.TrySetResult(request);
                await _respond(request, stream, _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
            {
                // The client closed the connection, or the test ended.
            }
        }
    }

    private static async Task<string> ReadRequestAsync(Stream stream, CancellationToken stop)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!IsComplete(text.ToString()))
        {
            var read = await stream.ReadAsync(buffer, stop);
            if (read == 0)
            {
                throw new IOException("The request ended early.");
            }

            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        return text.ToString();
    }

    private static bool IsComplete(string request)
    {
        var end = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        var length = request[..end].Split("\r\n")
            .Where(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            .Select(line => int.Parse(line["Content-Length:".Length..], CultureInfo.InvariantCulture))
            .SingleOrDefault();
        return request.Length - end - 4 >= length;
    }
}
