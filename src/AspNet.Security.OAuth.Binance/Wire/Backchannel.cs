using System.Net;
using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// One HTTP call to Binance: bounded in time from the first byte to the last, bounded in size, and with every way
/// in which a network can fail turned into a value. Only the caller's own cancellation is an exception.
/// </summary>
internal static class Backchannel
{
    public static readonly MediaTypeWithQualityHeaderValue Json = new("application/json");

    public static async Task<WireResult<WireAnswer>> SendAsync(
        BinanceAuthenticationOptions options, HttpRequestMessage request, string call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var client = options.Backchannel;
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        request.Headers.Accept.Add(Json);

        // HttpClient's own timeout ends with the headers, and a body can be sent a byte at a time.
        using var timer = new CancellationTokenSource(timeout, options.TimeProvider ?? TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var body = await BoundedBody.ReadAsync(response.Content, either.Token);
            return new WireAnswer(response.StatusCode, body);
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
