using System.Net.Sockets;
using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer;

/// <summary>
/// A response that never ends costs no more than the longest one that is read, which has 64 KiB.
/// </summary>
[Collection(nameof(Alone))]
public sealed class EndlessBodyTests
{
    private const int Limit = 64 * 1024;

    // The head of a response, the framing of chunks, and what one read may return beyond the limit.
    private const int Slack = 16 * 1024;

    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

    private static readonly string _text = new('a', 0x1000);

    private static readonly Dictionary<string, (string Head, string Piece)> _framings = new()
    {
        ["chunked"] = (Ok + "Transfer-Encoding: chunked\r\n\r\n", $"1000\r\n{_text}\r\n"),
        ["until the connection ends"] = (Ok + "\r\n", _text),
        ["a known length"] = (Ok + $"Content-Length: {long.MaxValue}\r\n\r\n", _text),
        ["a length just above the limit"] = (Ok + $"Content-Length: {Limit + 1}\r\n\r\n", _text),
    };

    public static TheoryData<string, ServerCall> Rows
    {
        get
        {
            var rows = new TheoryData<string, ServerCall>();
            foreach (var framing in _framings.Keys)
            {
                foreach (var call in Enum.GetValues<ServerCall>())
                {
                    rows.Add(framing, call);
                }
            }

            return rows;
        }
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Rows))]
    public async Task Reading_stops_at_64_KiB_and_the_server_sees_the_connection_closed(string framing, ServerCall call)
    {
        var (head, piece) = _framings[framing];
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async (_, stream, stop) =>
        {
            try
            {
                await RawServer.SendAsync(stream, head, stop);
                while (true)
                {
                    await RawServer.SendAsync(stream, piece, stop);
                }
            }
            catch (IOException)
            {
                closed.TrySetResult();
                throw;
            }
        });
        var read = new ReadCounter();
        await using var failing = await FailingCall.StartAsync(call, read.CountIn);
        failing.Redirect(server.Url);
        read.Reset();

        var response = await failing.SendAsync();

        await Expectation.AssertAsync(failing, response, BinanceFailure.InvalidResponse);
        await closed.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.InRange(read.Bytes, 1, Limit + Slack);
    }

    [Fact(Timeout = 180_000)]
    public async Task Memory_stays_flat_however_much_a_server_sends()
    {
        if (!OwnProcess.IsThis)
        {
            await OwnProcess.RunAsync<EndlessBodyTests>();
            return;
        }

        const int Rounds = 200;
        long offered = 0;
        var (head, piece) = _framings["chunked"];

        // Encoded once: the allocations of this server are counted as well.
        var bytes = Encoding.ASCII.GetBytes(piece);
        await using var endless = new RawServer(async (_, stream, stop) =>
        {
            await RawServer.SendAsync(stream, head, stop);
            while (true)
            {
                await stream.WriteAsync(bytes, stop);
                Interlocked.Add(ref offered, bytes.Length);
            }
        });
        await using var small = new RawServer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]");

        // The log keeps its records, which would count as retained.
        await using var failing = await FailingCall.StartAsync(ServerCall.CodeExchange, level: LogLevel.None);
        failing.Redirect(small.Url);
        await FailAsync(failing, Rounds);
        failing.Redirect(endless.Url);
        await FailAsync(failing, Rounds);

        var before = await ProcessState.TakeAsync();
        failing.Redirect(small.Url);
        var usual = await FailAsync(failing, Rounds);
        var between = await ProcessState.TakeAsync();
        failing.Redirect(endless.Url);
        Interlocked.Exchange(ref offered, 0);
        var flooded = await FailAsync(failing, Rounds);
        var after = await ProcessState.TakeAsync();

        var retained = (after.Memory - between.Memory) - (between.Memory - before.Memory);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Sent {offered / Rounds / 1024} KiB, allocated {usual / Rounds / 1024} KiB with a small response and {flooded / Rounds / 1024} KiB with an endless one, for each sign-in. Retained {retained} B.");

        // The buffers for 64 KiB are rented and returned: an endless response allocates less than one more set of them for each sign-in.
        Assert.InRange(flooded - usual, long.MinValue, Rounds * 4L * Limit);

        // Pools keep some buffers for each thread, whatever the number of sign-ins. One leaked buffer for each sign-in would be twice this.
        Assert.InRange(retained, long.MinValue, Rounds * Limit / 2);
    }

    private static async Task<long> FailAsync(FailingCall failing, int times)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < times; i++)
        {
            var response = await failing.User.SignInAsync();
            Assert.Equal("/failed?failure=invalid_response&returnUrl=%2F", response.LocationHeader);
        }

        failing.Site.Failures.Clear();

        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>Counts the bytes that the provider's own handler reads from its sockets.</summary>
    private sealed class ReadCounter
    {
        private long _bytes;

        public long Bytes => Interlocked.Read(ref _bytes);

        public void Reset() => Interlocked.Exchange(ref _bytes, 0);

        public void CountIn(IServiceCollection services) => services.PostConfigure<BinanceAuthenticationOptions>(
            BinanceAuthenticationDefaults.AuthenticationScheme,
            options => ((SocketsHttpHandler)options.BackchannelHttpHandler!).ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new CountingStream(socket, read => Interlocked.Add(ref _bytes, read));
            });
    }

    private sealed class CountingStream(Socket socket, Action<int> count) : NetworkStream(socket, ownsSocket: true)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            count(read);
            return read;
        }
    }
}
