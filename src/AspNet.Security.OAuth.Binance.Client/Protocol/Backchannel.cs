using System.Net;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// One HTTP request to Binance: bounded in time from the first byte to the last, bounded in size, and with every failure of the
/// network as a <see cref="BinanceAuthenticationException"/>.
/// </summary>
internal static class Backchannel
{
    private const int Limit = 64 * 1024;

    private const string Product = "AspNet.Security.OAuth.Binance";

    // Of two members of one name, another reader may see the other one.
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

        // A client that lives as long as the application would never see a change of the server's address.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // A response that is not read to its end closes the connection, instead of being read on for up to a megabyte.
        MaxResponseDrainSize = 0,
    };

    public static async Task<BinanceResponse> SendAsync(
        HttpClient client, HttpRequestMessage request, string call, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        request.Version = client.DefaultRequestVersion;
        request.VersionPolicy = client.DefaultVersionPolicy;
        request.Headers.TryAddWithoutValidation("Accept", "application/json");

        // HttpClient's own timeout ends with the headers, and a body can be sent a byte at a time.
        using var end = new CancellationTokenSource(timeout, time);
        using var cancelled = cancellationToken.UnsafeRegister(static end => ((CancellationTokenSource)end!).Cancel(), end);
        HttpStatusCode? status = null;
        var isFirewall = false;
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            (status, isFirewall) = (response.StatusCode, Firewall.IsIn(response.Headers) || Firewall.IsHtml(response));
            await response.Content.LoadIntoBufferAsync(Limit, end.Token).ConfigureAwait(false);
            return Parse(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failures.Of(BinanceFailure.Timeout, call, "no complete response in time");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded && status is { } known)
        {
            return new(known, default, "the response is larger than 64 KiB", isFirewall);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // The kind, never the exception: its message quotes what the server sent, and a server can send back what it received.
            var kind = exception switch
            {
                HttpRequestException connection => connection.HttpRequestError,
                HttpIOException body => body.HttpRequestError,
                _ => HttpRequestError.Unknown,
            };
            throw Failures.Of(BinanceFailure.Unavailable, call, $"no complete response ({kind})");
        }
    }

    private static BinanceResponse Parse(HttpResponseMessage response)
    {
        var (status, isFirewall) = (response.StatusCode, Firewall.IsIn(response.Headers));
        using var body = response.Content.ReadAsStream();
        try
        {
            using var document = JsonDocument.Parse(body, _strict);
            return document.RootElement.ValueKind is JsonValueKind.Object
                ? new(status, document.RootElement.Clone(), null, isFirewall)
                : new(status, default, "the response is not a JSON object", isFirewall || Firewall.IsHtml(response));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with half of a surrogate pair.
            return new(status, default, "the response is not JSON", isFirewall || Firewall.IsHtml(response) || Firewall.IsMarkup(response, body));
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
