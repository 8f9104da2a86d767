using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>Answers one request, whose connection is closed when this ends.</summary>
internal delegate Task RawAnswer(string request, Stream stream, CancellationToken stop);

/// <summary>
/// A server on loopback that does with each connection what a test tells it: cut it, drip, never stop, answer nonsense.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RawAnswer _answer;
    private readonly Task _serving;
    private int _requests;

    public RawServer(RawAnswer answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>A server that sends these bytes and closes the connection.</summary>
    public RawServer(string answer)
        : this((_, stream, stop) => SendAsync(stream, answer, stop))
    {
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The first request, head and body, once it has arrived and before it is answered.</summary>
    public Task<string> FirstRequest => _first.Task.WaitAsync(TestContext.Current.CancellationToken);

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
                await _answer(request, stream, _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
            {
                // The client or the test went away, which is what most of these tests are about.
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
