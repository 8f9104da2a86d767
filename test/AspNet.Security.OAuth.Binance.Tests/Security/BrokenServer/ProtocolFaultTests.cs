using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// What no HTTP server sends by itself: answers that are broken below JSON.
/// </summary>
public sealed class ProtocolFaultTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static readonly Dictionary<string, (RawAnswer Answer, BinanceFailure Failure)> _faults = new()
    {
        ["the connection is reset instead of an answer"] = (ResetAsync, Unavailable),
        ["the connection is reset within the headers"] = ((_, stream, stop) => ResetAfterAsync(stream, "HTTP/1.1 200 OK\r\nContent-Ty", stop), Unavailable),
        ["the connection is reset within the body"] = ((_, stream, stop) => ResetAfterAsync(stream, Ok + "Content-Length: 100\r\n\r\n{\"a", stop), Unavailable),
        ["the connection ends within the headers"] = (Text("HTTP/1.1 200 OK\r\nContent-Ty"), Unavailable),
        ["something that is not HTTP"] = (Text("220 mail.example.com ESMTP\r\n"), Unavailable),
        ["a status that is no number"] = (Text("HTTP/1.1 two OK\r\n\r\n"), Unavailable),
        ["a switch to another protocol"] = (Text("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"), TokenError),
        ["promises of an answer without an end"] = (RepeatAsync(string.Empty, "HTTP/1.1 102 Processing\r\n\r\n"), Unavailable),
        ["a header of 128 KiB"] = (Text($"HTTP/1.1 200 OK\r\nX-Long: {new string('a', 128 * 1024)}\r\n\r\n"), Unavailable),
        ["headers without an end"] = (RepeatAsync("HTTP/1.1 200 OK\r\n", "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), Unavailable),
        ["a size of a chunk that is no number"] = (Text(Ok + "Transfer-Encoding: chunked\r\n\r\nmany\r\n{}\r\n0\r\n\r\n"), Unavailable),
        ["an extension of a chunk without an end"] = (RepeatAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n2;", "aaaaaaaaaaaaaaaa"), Unavailable),
        ["trailers without an end"] = (RepeatAsync(Ok + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n", "X-More: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"), InvalidResponse),
        ["a length that is no number"] = (Text(Ok + "Content-Length: -1\r\n\r\n{}"), InvalidResponse),
        ["bytes that are no UTF-8"] = (Bytes([.. "{\"access_token\":\""u8, 0xC3, 0x28, .. "\"}"u8]), InvalidResponse),
        ["UTF-16"] = (Bytes(Encoding.Unicode.GetBytes(Answers.Tokens)), InvalidResponse),
        ["gzip that nobody asked for"] = (Bytes(Compressed(1024), "Content-Encoding: gzip\r\n"), InvalidResponse),
        ["a body of spaces without an end"] = (RepeatAsync(Ok + "\r\n", "                                "), InvalidResponse),
    };

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
    public async Task A_broken_answer_ends_as_a_failure_with_a_way_on_and_without_a_timeout(string fault, ServerCall call)
    {
        var (answer, failure) = _faults[fault];
        if (failure is TokenError && call is (ServerCall.UserInformation or ServerCall.Revocation))
        {
            failure = ApiError;
        }

        await using var server = new RawServer(answer);
        await using var breakdown = await Breakdown.StartAsync(call);
        var healthy = breakdown.Redirect(server.Url);

        var answered = await breakdown.ActAsync();

        await Outcome.AssertAsync(breakdown, answered, failure);
        if (call is ServerCall.UserInformation)
        {
            // A GET is sent again by HttpClient itself, too, and nothing can be set against that: four times for each of our two attempts.
            Assert.InRange(server.Requests, Breakdown.Attempts(call, failure), 4 * Breakdown.Attempts(call, failure));
        }
        else
        {
            Assert.Equal(1, server.Requests);
        }

        await breakdown.AssertOthersAreAnsweredAsync();
        breakdown.Redirect(healthy);
        await breakdown.AssertWayOnAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_small_answer_that_unpacks_to_a_large_one_is_unpacked_to_64_KiB_and_no_further()
    {
        // The provider asks for no compression. An application's own handler may.
        await using var server = new RawServer(Bytes(Compressed(16 * 1024 * 1024), "Content-Encoding: gzip\r\n"));
        await using var breakdown = await Breakdown.StartAsync(ServerCall.CodeExchange, services => services.PostConfigure<BinanceAuthenticationOptions>(
            BinanceAuthenticationDefaults.AuthenticationScheme,
            options => ((SocketsHttpHandler)options.BackchannelHttpHandler!).AutomaticDecompression = DecompressionMethods.GZip));
        breakdown.Redirect(server.Url);

        await Outcome.AssertAsync(breakdown, await breakdown.ActAsync(), InvalidResponse);

        Assert.Contains(breakdown.Site.Logs, record => record.Message.Contains("larger than 64 KiB", StringComparison.Ordinal));
    }

    private static RawAnswer Text(string answer) => (_, stream, stop) => RawServer.SendAsync(stream, answer, stop);

    private static RawAnswer Bytes(byte[] body, string headers = "") => async (_, stream, stop) =>
    {
        await RawServer.SendAsync(stream, $"{Ok}{headers}Content-Length: {body.Length}\r\n\r\n", stop);
        await stream.WriteAsync(body, stop);
    };

    private static RawAnswer RepeatAsync(string start, string piece)
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

    // Without lingering, closing a socket is a reset.
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
