using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Emulators;

/// <summary>
/// A connection for the requests of sign-ins. It shares the processors with the servers, so it is cheap: it blocks its thread, and reads only the
/// required part of a response.
/// </summary>
internal sealed class FlowConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private readonly string _host;

    public FlowConnection(int port)
    {
        _host = $"127.0.0.1:{port}";
        _socket.Connect("127.0.0.1", port);
    }

    /// <summary>Sends a request, and waits for the whole response.</summary>
    /// <param name="line">The method and the path.</param>
    /// <param name="header">A header with its line end, or nothing.</param>
    /// <param name="form">The body, a form.</param>
    /// <returns>The response, with its headers.</returns>
    public string Send(string line, string header = "", string form = "")
    {
        var content = form.Length == 0 ? "" : $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {form.Length}\r\n";
        _socket.Send(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: {_host}\r\n{header}{content}\r\n{form}"));
        var length = 0;
        while (true)
        {
            var read = _socket.Receive(_buffer, length, _buffer.Length - length, SocketFlags.None);
            length += read > 0 ? read : throw new IOException("The server has closed the connection.");
            var end = _buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
            if (end >= 0 && length >= end + 4 + ContentLength(Encoding.ASCII.GetString(_buffer, 0, end)))
            {
                return Encoding.ASCII.GetString(_buffer, 0, length);
            }
        }
    }

    /// <summary>The text between two others.</summary>
    public static string Between(string text, string before, params ReadOnlySpan<char> after)
    {
        var start = text.IndexOf(before, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            throw new InvalidOperationException($"There is no {before} in {text.Split('\r')[0]}.");
        }

        var rest = text.AsSpan(start + before.Length);
        return rest[..rest.IndexOfAny(after)].ToString();
    }

    public void Dispose() => _socket.Dispose();

    private static int ContentLength(string head)
        => int.Parse(Between(head + "\r", "Content-Length: ", '\r'), CultureInfo.InvariantCulture);
}
