using System.Net;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// Records the requests of an HTTP client, and responds with 200.
/// </summary>
internal sealed class RecordingHandler : HttpMessageHandler
{
    public List<(string? Uri, string? Authorization)> Requests { get; } = [];

    public bool IsDisposed { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        => Task.FromResult(Send(request, cancellationToken));

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Add((request.RequestUri?.AbsoluteUri, request.Headers.Authorization?.ToString()));
        return new(HttpStatusCode.OK);
    }

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}
