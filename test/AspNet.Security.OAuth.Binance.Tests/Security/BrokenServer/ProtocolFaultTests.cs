using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using Microsoft.Extensions.DependencyInjection;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer;

/// <summary>
/// Responses that are broken as HTTP, or as text.
/// </summary>
public sealed class ProtocolFaultTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static readonly Dictionary<string, (RawResponse Respond, BinanceFailure Failure)> _faults = new()
    {
        ["the connection is reset instead of a response"] = (ResetAsync, Unavailable),
        ["the connection is reset within the headers"] = ((_, stream, stop) => ResetAfterAsync(stream, "HTTP/1.1 200 OK\r\nContent-Ty", stop), Unavailable),
        ["the connection is reset within the body"] = ((_, stream, stop) => ResetAfterAsync(stream, Ok + "Content-Length: 100\r\n\r\n{\"a", stop), Unavailable),
        ["the connection ends within the headers"] = (Text("HTTP/1.1 200 OK\r\nContent-Ty"), Unavailable),
        ["the connection ends within a chunk"] = (Text(Ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"acc\r\n"), Unavailable),
        ["something that is not HTTP"] = (Text("220 mail.example.com ESMTP\r\n"), Unavailable),
        ["a status that is not a number"] = (Text("HTTP/1.1 two OK\r\n\r\n"), Unavailable),
        ["a switch to another protocol"] = (Text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"), TokenError),
        ["interim responses without an end"] = (RepeatAsync(string.Empty, "HTTP/1.1 102 Processing\r\n\r\n"), Unavailable),
        ["a header of 128 KiB"] = (Text($"HTTP/1.1 200 OK\r\nX-Long: {new string('a', 128 * 1024)}\r\n\r\n"), Unavailable),
        ["headers without an end"] = (RepeatAsync("HTTP/1.1 200 OK\r\n", "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), Unavailable),
        ["a size of a chunk that is not a number"] = (Text(Ok + "Transfer-Encoding: chunked\r\n\r\nmany\r\n{}\r\n0\r\n\r\n"), Unavailable),
        ["an extension of a chunk without an end"] = (RepeatAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n2;", "aaaaaaaaaaaaaaaa"), Unavailable),
        ["a redirect with 301"] = (Redirect(301), InvalidResponse),
        ["a redirect with 302"] = (Redirect(302), InvalidResponse),
        ["a redirect with 303"] = (Redirect(303), InvalidResponse),
        ["a redirect with 308"] = (Redirect(308), InvalidResponse),
        ["trailers without an end"] = (RepeatAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), InvalidResponse),
        ["a length that is not a number"] = (Text(Ok + "Content-Length: -1\r\n\r\n{}"), InvalidResponse),
        ["bytes that are not UTF-8"] = (Bytes([.. "{\"access_token\":\""u8, 0xC3, 0x28, .. "\"}"u8]), InvalidResponse),
        ["UTF-16"] = (Bytes(Encoding.Unicode.GetBytes(Responses.Tokens)), InvalidResponse),
        ["unrequested gzip"] = (Bytes(Compressed(1024), "Content-Encoding: gzip\r\n"), InvalidResponse),
        ["a body of spaces without an end"] = (RepeatAsync(Ok + "\r\n", "                                "), InvalidResponse),
    };

    public static TheoryData<ServerCall> Calls => [.. Enum.GetValues<ServerCall>()];

    public static TheoryData<string, ServerCall> Rows
    {
        get
        {
            var rows = new TheoryData<string, ServerCall>();
            foreach (var fault in _faults.Keys)
            {
                foreach (var call in Enum.GetValues<ServerCall>())
                {
                    rows.Add(fault, call);
                }
            }

            return rows;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task A_broken_response_is_a_failure_without_a_timeout_and_the_next_sign_in_succeeds(string fault, ServerCall call)
    {
        var (response, failure) = _faults[fault];
        if (failure is TokenError && call is (ServerCall.UserInformation or ServerCall.Revocation))
        {
            failure = ApiError;
        }

        await using var server = new RawServer(response);
        await using var failing = await FailingCall.StartAsync(call);
        var healthy = failing.Redirect(server.Url);

        await Expectation.AssertAsync(failing, await failing.SendAsync(), failure);
        if (failure is Unavailable && call is (ServerCall.CodeExchange or ServerCall.UserInformation))
        {
            Assert.Null(failing.Site.SingleFailure().StatusCode);
        }

        if (call is ServerCall.UserInformation)
        {
            // HttpClient itself repeats a GET whose connection was closed, up to three times for each of the two attempts.
            var attempts = FailingCall.Attempts(call, failure);
            Assert.InRange(server.Requests, attempts, failure is Unavailable ? 4 * attempts : attempts);
        }
        else
        {
            Assert.Equal(1, server.Requests);
        }

        await failing.AssertOthersAreServedAsync();
        failing.Redirect(healthy);
        await failing.AssertNextSignInSucceedsAsync();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Calls))]
    public async Task A_server_that_does_not_listen_is_unavailable(ServerCall call)
    {
        string url;
        await using (var server = new RawServer(string.Empty))
        {
            url = server.Url;
        }

        await using var failing = await FailingCall.StartAsync(call);
        failing.Redirect(url);

        await Expectation.AssertAsync(failing, await failing.SendAsync(), Unavailable);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_compressed_response_is_decompressed_to_64_KiB_at_most()
    {
        // The provider requests no compression. An application's own handler may.
        await using var server = new RawServer(Bytes(Compressed(16 * 1024 * 1024), "Content-Encoding: gzip\r\n"));
        await using var failing = await FailingCall.StartAsync(ServerCall.CodeExchange, services => services.PostConfigure<BinanceAuthenticationOptions>(
            BinanceAuthenticationDefaults.AuthenticationScheme,
            options => ((SocketsHttpHandler)options.BackchannelHttpHandler!).AutomaticDecompression = DecompressionMethods.GZip));
        failing.Redirect(server.Url);

        await Expectation.AssertAsync(failing, await failing.SendAsync(), InvalidResponse);

        Assert.Contains(failing.Site.AllLogs.GetSnapshot(), record => record.Message.Contains("larger than 64 KiB", StringComparison.Ordinal));
    }

    private static RawResponse Text(string response) => (_, stream, stop) => RawServer.SendAsync(stream, response, stop);

    private static RawResponse Redirect(int status)
        => Text($"HTTP/1.1 {status} Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");

    private static RawResponse Bytes(byte[] body, string headers = "") => async (_, stream, stop) =>
    {
        await RawServer.SendAsync(stream, $"{Ok}{headers}Content-Length: {body.Length}\r\n\r\n", stop);
        await stream.WriteAsync(body, stop);
    };

    private static RawResponse RepeatAsync(string start, string piece)
    {
        var many = string.Concat(Enumerable.Repeat(piece, 200));
        return async (_, stream, stop) =>
        {
            await RawServer.SendAsync(stream, start, stop);
            while (true)
            {
                await RawServer.SendAsync(stream, many, stop);
            }
        };
    }

    private static async Task ResetAfterAsync(Stream stream, string start, CancellationToken stop)
    {
        await RawServer.SendAsync(stream, start, stop);
        await ResetAsync(string.Empty, stream, stop);
    }

    // A socket that does not linger is closed by a reset.
    private static Task ResetAsync(string request, Stream stream, CancellationToken stop)
    {
        ((NetworkStream)stream).Socket.LingerState = new LingerOption(enable: true, seconds: 0);
        return Task.CompletedTask;
    }

    private static byte[] Compressed(int size)
    {
        using var result = new MemoryStream();
        using (var gzip = new GZipStream(result, CompressionLevel.Optimal))
        {
            gzip.Write(new byte[size]);
        }

        return result.ToArray();
    }
}
