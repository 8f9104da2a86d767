using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// A response as it came over the wire.
/// </summary>
internal sealed record RawHttpResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body)
{
    public string? this[string name] => Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>
/// HTTP by hand, on one connection for as long as the server keeps it: what no HTTP client sends arrives as it is.
/// </summary>
internal sealed class RawHttp(Uri address) : IDisposable
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private TcpClient? _connection;
    private int _start;
    private int _end;

    /// <returns>The response, or <see langword="null"/> if the server closed the connection without one.</returns>
    public async Task<RawHttpResponse?> SendAsync(byte[] request, bool isHead)
    {
        var isReused = _connection is not null;
        try
        {
            await WriteAsync(request);
            return await ReadAsync(isHead);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            // A connection that was good for the last request may be closed by now. One that is new may not.
            Close();
            return isReused ? await SendAsync(request, isHead) : null;
        }
    }

    public void Dispose() => Close();

    private async Task WriteAsync(byte[] request)
    {
        if (_connection is null)
        {
            _connection = new TcpClient { NoDelay = true };
            await _connection.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
            _start = _end = 0;
        }

        await _connection.GetStream().WriteAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<RawHttpResponse> ReadAsync(bool isHead)
    {
        while (true)
        {
            var lines = await ReadHeadAsync();
            var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
            if (status is 100)
            {
                continue;
            }

            var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1].Trim())).ToList();
            var response = new RawHttpResponse(status, headers, "");
            Assert.Null(response["Transfer-Encoding"]);
            var length = isHead || status is 204 or 304 ? 0 : int.Parse(response["Content-Length"]!, CultureInfo.InvariantCulture);
            response = response with { Body = await ReadBodyAsync(length) };
            if (response["Connection"] is "close")
            {
                Close();
            }

            return response;
        }
    }

    private async Task<string[]> ReadHeadAsync()
    {
        int length;
        while ((length = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            await FillAsync();
        }

        // One byte, one character, so that nothing odd is lost.
        var head = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length + 4;
        return head.Split("\r\n");
    }

    private async Task<string> ReadBodyAsync(int length)
    {
        var body = new byte[length];
        for (var at = 0; at < length;)
        {
            if (_start == _end)
            {
                await FillAsync();
            }

            var some = Math.Min(length - at, _end - _start);
            _buffer.AsSpan(_start, some).CopyTo(body.AsSpan(at));
            (at, _start) = (at + some, _start + some);
        }

        return Encoding.UTF8.GetString(body);
    }

    private async Task FillAsync()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var read = await _connection!.GetStream().ReadAsync(_buffer.AsMemory(_end), TestContext.Current.CancellationToken);
        _end += read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }
}
