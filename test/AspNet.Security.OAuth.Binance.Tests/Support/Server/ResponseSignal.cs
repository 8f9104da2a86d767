
namespace AspNet.Security.OAuth.Binance.Tests.Support.Server;

/// <summary>
/// A backchannel that signals the head of the first response from one address, so that a test can act between head and body.
/// </summary>
internal sealed class ResponseSignal(string address) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task FirstHead => _first.Task.WaitAsync(TestTimeout.Token);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsoluteUri == address)
        {
            _first.TrySetResult();
        }

        return response;
    }
}
