namespace AspNet.Security.OAuth.Binance.Tests.Support.Server;

/// <summary>
/// An application's HTTP handler that holds requests to a path for ever, while it is not open. It ignores their cancellation, unless <see cref="IgnoresCancellation"/> is false.
/// </summary>
/// <param name="path">The end of the path.</param>
internal sealed class HoldingBackchannel(string path) : DelegatingHandler(new SocketsHttpHandler())
{
    public bool IgnoresCancellation { get; init; } = true;

    public bool IsOpen { get; set; }

    public bool IsCancelled { get; private set; }

    /// <summary>Counts the requests that are held.</summary>
    public CallCounter Held { get; } = new();

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!IsOpen && request.RequestUri!.AbsolutePath.EndsWith(path, StringComparison.Ordinal))
        {
            Held.Add();
            try
            {
                await new TaskCompletionSource().Task.WaitAsync(IgnoresCancellation ? CancellationToken.None : cancellationToken);
            }
            catch (OperationCanceledException)
            {
                IsCancelled = true;
                throw;
            }
        }

        return await base.SendAsync(request, cancellationToken);
    }
}
