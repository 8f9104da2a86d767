using System.Net;
using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// One HTTP call to Binance: bounded in time from the first byte to the last, bounded in size, and with every way
/// in which a network can fail turned into a value. Only the caller's own cancellation is an exception.
/// </summary>
internal static class Backchannel
{
    // As the base has it, for what an application's own events may ask with this client.
    private const int LongestBufferedAnswer = 10 * 1024 * 1024;

    // Nearly always the same three strings, and parsing one costs as much as the rest of the request.
    private static readonly ConditionalWeakTable<string, Uri> _endpoints = new();

    /// <summary>
    /// The client that the base would make, but with a User-Agent that is one string: the base's is five values, which are copied for each call.
    /// </summary>
    public static HttpClient CreateClient(HttpMessageHandler handler, TimeSpan timeout)
    {
        var client = new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = LongestBufferedAnswer };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "AspNet.Security.OAuth.Binance");
        return client;
    }

    public static HttpRequestMessage CreateRequest(HttpMethod method, string endpoint)
        => new(method, _endpoints.GetValue(endpoint, static endpoint => new Uri(endpoint)));

    // Pooled, as in all of Wire: each call waits for the network, and what waits is otherwise an object for each method on the way.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public static async ValueTask<WireResult<WireAnswer>> SendAsync(
        BinanceAuthenticationOptions options, HttpRequestMessage request, string call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var client = options.Backchannel;
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");

        // HttpClient's own timeout ends with the headers, and a body can be sent a byte at a time.
        using var end = new CancellationTokenSource(timeout, options.Clock());
        using var left = cancellationToken.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), end);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token);
            return await BoundedBody.ReadAsync(response, end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WireFailure(BinanceFailure.Timeout, call, "no complete answer in time");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The kind and never the exception: its message quotes what the server sent, and a server can send back what we sent.
            var kind = exception switch
            {
                HttpRequestException connection => connection.HttpRequestError,
                HttpIOException body => body.HttpRequestError,
                _ => HttpRequestError.Unknown,
            };
            return new WireFailure(BinanceFailure.Unavailable, call, $"no complete answer ({kind})");
        }
    }

    public static bool IsSuccess(HttpStatusCode status) => (int)status is >= 200 and <= 299;

    /// <summary>An answer that promises nothing about the request itself, so that the same request may be answered later.</summary>
    public static bool IsUnavailable(HttpStatusCode status) => (int)status is >= 500 or 408 or 429;

    public static bool IsRedirect(HttpStatusCode status) => (int)status is >= 300 and <= 399;
}
