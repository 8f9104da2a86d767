using System.Net;
using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// Binance's documented responses (W4, W6) from memory. A call never completes synchronously, as over a network, so that the figures
/// include the cost of an asynchronous wait.
/// </summary>
internal sealed class InMemoryBinance : HttpMessageHandler
{
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    private static readonly byte[] _tokens = """
        {"access_token":"83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5","refresh_token":"fb5587ee-d9cf-4cb5-a586-4aed72cc9bea","scope":"read","token_type":"bearer","expires_in":30714}
        """u8.ToArray();

    private static readonly byte[] _user = """
        {"code":"000000","message":null,"data":{"userId":"e10e20b7f20947e7bd206b15ce3dae90","email":"user@example.com"},"success":true}
        """u8.ToArray();

    private TaskCompletionSource<HttpResponseMessage>? _waiting;
    private byte[]? _body;

    /// <summary>Completes the call in progress. Its continuation runs before this returns, so that one thread does all the work.</summary>
    public void Respond()
    {
        var waiting = _waiting ?? throw new InvalidOperationException("No call is in progress.");
        var content = new ByteArrayContent(_body!);
        content.Headers.ContentType = _json;

        // Computes the Content-Length header, and has a header of its own, as a response from a network has.
        _ = content.Headers.ContentLength;
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        response.Headers.TryAddWithoutValidation("Date", "Thu, 01 Jan 2026 00:00:00 GMT");
        _waiting = null;
        waiting.SetResult(response);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Reads the request, as a network does.
        request.Content?.CopyTo(Stream.Null, context: null, cancellationToken);
        _body = request.Method == HttpMethod.Post ? _tokens : _user;
        _waiting = new();
        return _waiting.Task;
    }
}
