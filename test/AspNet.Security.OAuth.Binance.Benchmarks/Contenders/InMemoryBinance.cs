using System.Net;
using System.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Binance's documented answers (W4, W6) from memory. They come when they are asked for and not at once, because over a network no
/// answer is there at once: what waiting costs is part of each contender's figures.
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
    private byte[]? _answer;

    /// <summary>Gives the answer that is waited for. Its receiver goes on before this returns, so that all of it is one thread's work.</summary>
    public void Answer()
    {
        var waiting = _waiting ?? throw new InvalidOperationException("Nobody waits for an answer.");
        var content = new ByteArrayContent(_answer!);
        content.Headers.ContentType = _json;

        // Whoever reads from a network has to know the length, so that it is there for everybody after.
        _ = content.Headers.ContentLength;
        _waiting = null;
        waiting.SetResult(new(HttpStatusCode.OK) { Content = content });
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A network reads what is sent.
        request.Content?.CopyTo(Stream.Null, context: null, cancellationToken);
        _answer = request.Method == HttpMethod.Post ? _tokens : _user;
        _waiting = new();
        return _waiting.Task;
    }
}
