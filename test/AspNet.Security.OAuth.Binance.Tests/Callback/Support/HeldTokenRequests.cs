using System.Collections.Concurrent;

namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>
/// A backchannel that holds each token request until the test releases it.
/// </summary>
internal sealed class HeldTokenRequests() : DelegatingHandler(new SocketsHttpHandler())
{
    /// <summary>How many token requests a scheme sends at a time.</summary>
    public const int Limit = 16;

    private readonly ConcurrentQueue<TaskCompletionSource> _held = [];
    private volatile bool _isOpen;
    private int _current;
    private int _most;

    /// <summary>Counts the token requests that started.</summary>
    public CallCounter Started { get; } = new();

    /// <summary>The highest number of concurrent token requests.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    /// <summary>Starts sign-ins of different browsers, and returns when all wait for their tokens.</summary>
    /// <returns>The responses, when they arrive.</returns>
    public Task<Task<SiteResponse>[]> FillAsync(TestSite site, int count) => FillUntilAsync(site, count, CancellationToken.None);

    public async Task<Task<SiteResponse>[]> FillUntilAsync(TestSite site, int count, CancellationToken aborted)
    {
        var started = Started.Next(count);
        List<Task<SiteResponse>> deliveries = [];
        for (var i = 0; i < count; i++)
        {
            var browser = site.Browser();
            deliveries.Add(browser.DeliverCallbackUntilAsync(await browser.ConsentAsync(), aborted));
        }

        await started;
        return [.. deliveries];
    }

    public void ReleaseOne()
    {
        Assert.True(_held.TryDequeue(out var held));
        held.SetResult();
    }

    /// <summary>Releases all requests, later ones too.</summary>
    public void ReleaseAll()
    {
        _isOpen = true;
        while (_held.TryDequeue(out var held))
        {
            held.TrySetResult();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.AbsolutePath.EndsWith("/oauth/token", StringComparison.Ordinal))
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var current = Interlocked.Increment(ref _current);
        for (var most = MostAtOnce; current > most; most = MostAtOnce)
        {
            Interlocked.CompareExchange(ref _most, current, most);
        }

        try
        {
            var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _held.Enqueue(go);
            Started.Add();
            if (_isOpen)
            {
                go.TrySetResult();
            }

            await go.Task.WaitAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _current);
        }
    }
}
