using System.Buffers;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// The pooled buffer of a response: its old content is not read, it is cleared, and it is not returned to the pool while it may be written to.
/// </summary>
public sealed class ResponseBufferTests
{
    private const int UsualLength = 4 * 1024;

    [Fact]
    public void Content_of_a_pooled_buffer_does_not_change_the_failure()
    {
        var failure = OnThreadOfItsOwn(() =>
        {
            var before = ArrayPool<byte>.Shared.Rent(UsualLength);
            "<html>"u8.CopyTo(before);
            ArrayPool<byte>.Shared.Return(before);
            var exchange = ClientOf(new EndlessTrailers()).ExchangeCodeAsync("code", "https://site.example/callback", null, TestContext.Current.CancellationToken);
            return ((BinanceAuthenticationException)exchange.Exception!.InnerException!).Failure;
        });

        Assert.Equal(BinanceFailure.InvalidResponse, failure);
    }

    [Fact]
    public void Buffer_of_a_cancelled_read_is_not_used_again()
    {
        var isUsedAgain = OnThreadOfItsOwn(() =>
        {
            using var cancelling = new CancellationTokenSource();
            var body = new SlowToCancel();
            var exchange = ClientOf(body).ExchangeCodeAsync("code", "https://site.example/callback", null, cancelling.Token);
            cancelling.Cancel();
            Assert.True(exchange.IsCanceled);
            var next = ArrayPool<byte>.Shared.Rent(UsualLength);
            return MemoryMarshal.TryGetArray<byte>(body.Buffer, out var segment) && ReferenceEquals(segment.Array, next);
        });

        Assert.False(isUsedAgain);
    }

    // A response that is longer than the buffer is copied to a larger one.
    [Theory]
    [InlineData(0)]
    [InlineData(UsualLength + 1)]
    public void Buffer_is_returned_to_the_pool_without_the_response(int length)
    {
        var next = OnThreadOfItsOwn(() =>
        {
            var body = new Tokens(length);
            var exchange = ClientOf(body).ExchangeCodeAsync("code", "https://site.example/callback", null, TestContext.Current.CancellationToken);
            Assert.Equal("access", exchange.Result.AccessToken);
            var next = ArrayPool<byte>.Shared.Rent(UsualLength);
            Assert.True(MemoryMarshal.TryGetArray<byte>(body.Buffer, out var segment) && ReferenceEquals(segment.Array, next));
            return next;
        });

        Assert.All(next, content => Assert.Equal(0, content));
    }

    private static BinanceOAuthClient ClientOf(Stream body)
        => new(new HttpClient(new OneResponse(body))) { ClientId = "client", TimeProvider = new FakeTimeProvider(), Timeout = Timeout.InfiniteTimeSpan };

    // ArrayPool<byte>.Shared keeps an array for each thread.
    private static T OnThreadOfItsOwn<T>(Func<T> test)
    {
        T? result = default;
        Exception? fault = null;
        var thread = new Thread(() => fault = Record.Exception(() =>
        {
            result = test();
        }));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
        return result!;
    }

    private sealed class OneResponse(Stream body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(body) });
    }

    private abstract class Body : MemoryStream
    {
        public override bool CanSeek => false;

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
            => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>A token response of at least this length.</summary>
    private sealed class Tokens(int length) : Body
    {
        private readonly byte[] _content = Encoding.UTF8.GetBytes("""{"access_token":"access","token_type":"bearer"}""".PadRight(length));
        private int _read;

        /// <summary>The first buffer.</summary>
        public Memory<byte> Buffer { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Buffer = Buffer.IsEmpty ? buffer : Buffer;
            var next = _content.AsMemory(_read, Math.Min(buffer.Length, _content.Length - _read));
            next.CopyTo(buffer);
            _read += next.Length;
            return ValueTask.FromResult(next.Length);
        }
    }

    private sealed class EndlessTrailers : Body
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => ValueTask.FromException<int>(new HttpRequestException(HttpRequestError.ConfigurationLimitExceeded));
    }

    /// <summary>A stream whose reads end when they are cancelled, while the write to their buffer continues.</summary>
    private sealed class SlowToCancel : Body
    {
        public Memory<byte> Buffer { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Buffer = buffer;
            var read = new TaskCompletionSource<int>();
            await using var cancelled = cancellationToken.Register(() => read.TrySetCanceled(cancellationToken));
            return await read.Task.ConfigureAwait(false);
        }
    }
}
