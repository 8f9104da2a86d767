using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// One HTTP request to Binance: bounded in time from the first byte to the last, bounded in size, and with every failure of the
/// network as a <see cref="BinanceAuthenticationException"/>.
/// </summary>
internal static class Backchannel
{
    private const int Limit = 64 * 1024;
    private const int UsualLength = 4 * 1024;

    private const string Product = "AspNet.Security.OAuth.Binance";

    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    // Duplicate members are rejected: another parser may use the other value.
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static HttpClient CreateClient(HttpMessageHandler handler)
    {
        FollowNoRedirect(handler);
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Product);
        return client;
    }

    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A client with the lifetime of the application would otherwise not follow DNS changes.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // A response that is not read to its end closes the connection. The default drains up to 1 MiB.
        MaxResponseDrainSize = 0,
    };

    // Pooled: the state of a call is large, and each call of a sign-in would allocate it.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<BinanceResponse> SendAsync(
        HttpClient client, HttpRequestMessage request, string call, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");

        // With ResponseHeadersRead, HttpClient's own timeout does not cover the body, which a server can send byte by byte.
        using var timer = timeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(timeout, time);
        using var cancelled = timer is null
            ? default
            : cancellationToken.UnsafeRegister(static timer => ((CancellationTokenSource)timer!).Cancel(), timer);
        var end = timer?.Token ?? cancellationToken;
        var buffer = ArrayPool<byte>.Shared.Rent(UsualLength);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end).ConfigureAwait(false);
            using var body = await response.Content.ReadAsStreamAsync(end).ConfigureAwait(false);
            var length = 0;
            var isTooLarge = response.Content.Headers.ContentLength > Limit;
            try
            {
                for (int read; !isTooLarge && length <= Limit && (read = await body.ReadAsync(Rest(buffer, length), end).ConfigureAwait(false)) > 0;)
                {
                    length += read;
                    buffer = length == buffer.Length ? Grow(buffer) : buffer;
                }
            }
            catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded)
            {
                // The trailers exceed the handler's limit.
                isTooLarge = true;
            }

            var result = isTooLarge || length > Limit
                ? new(response.StatusCode, default, "the response is larger than 64 KiB", Firewall.IsPage(response, buffer.AsSpan(0, length)))
                : Parse(response, buffer.AsMemory(0, length));

            // Cleared, because it holds tokens. After an exception it is not returned, because a stream may still write to it.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
            return result;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failures.Of(BinanceFailure.Timeout, call, "no complete response in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The kind only: the exception's message quotes the response, and a response can repeat secrets of the request.
            var kind = exception switch
            {
                HttpRequestException connection => connection.HttpRequestError,
                HttpIOException broken => broken.HttpRequestError,
                _ => HttpRequestError.Unknown,
            };
            throw Failures.Of(BinanceFailure.Unavailable, call, $"no complete response ({kind})");
        }
    }

    // Up to one byte beyond the limit, which shows that the response is larger.
    private static Memory<byte> Rest(byte[] buffer, int length) => buffer.AsMemory(length, Math.Min(buffer.Length, Limit + 1) - length);

    private static byte[] Grow(byte[] buffer)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return larger;
    }

    private static BinanceResponse Parse(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        var status = response.StatusCode;
        body = body.Span.StartsWith(_byteOrderMark) ? body[_byteOrderMark.Length..] : body;
        try
        {
            // Cloned, because the buffer is used again.
            using var document = JsonDocument.Parse(body, _strict);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new(status, document.RootElement.Clone(), null, Firewall.IsIn(response))
                : new(status, default, "the response is not a JSON object", Firewall.IsPage(response, body.Span));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with half of a surrogate pair.
            return new(status, default, "the response is not JSON", Firewall.IsPage(response, body.Span));
        }
    }

    private static void FollowNoRedirect(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler outer)
        {
            handler = outer.InnerHandler;
        }

        try
        {
            switch (handler)
            {
                case SocketsHttpHandler { AllowAutoRedirect: true } sockets:
                    sockets.AllowAutoRedirect = false;
                    break;
                case HttpClientHandler { AllowAutoRedirect: true } client:
                    client.AllowAutoRedirect = false;
                    break;
            }
        }
        catch (InvalidOperationException exception)
        {
            throw new InvalidOperationException(
                "The HTTP handler for Binance (BackchannelHttpHandler) follows redirects and is in use elsewhere already. "
                    + "Give it a handler of its own, or set AllowAutoRedirect to false where the handler is made.",
                exception);
        }
    }
}
