using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A backchannel that holds each token request until the test lets it go on.
/// </summary>
internal sealed class HeldTokenRequests() : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly ConcurrentQueue<TaskCompletionSource> _held = [];
    private volatile bool _isOpen;
    private int _current;
    private int _most;

    /// <summary>Counts the token requests that were begun.</summary>
    public Turnstile Begun { get; } = new();

    /// <summary>How many token requests there were at one time, at the most.</summary>
    public int MostAtOnce => Volatile.Read(ref _most);

    /// <summary>Begins so many sign-ins of different browsers, and returns when all wait for their tokens.</summary>
    /// <returns>The responses that are going to come.</returns>
    public Task<Task<SiteAnswer>[]> FillAsync(LifetimeSite site, int count) => FillUntilAsync(site, count, CancellationToken.None);

    public async Task<Task<SiteAnswer>[]> FillUntilAsync(LifetimeSite site, int count, CancellationToken aborted)
    {
        var begun = Begun.Next(count);
        List<Task<SiteAnswer>> deliveries = [];
        for (var i = 0; i < count; i++)
        {
            var browser = site.Browser();
            deliveries.Add(browser.ComeBackUntilAsync(await browser.ConsentAsync(), aborted));
        }

        await begun;
        return [.. deliveries];
    }

    public void ReleaseOne()
    {
        Assert.True(_held.TryDequeue(out var held));
        held.SetResult();
    }

    /// <summary>Lets all go on, also those that come later.</summary>
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
            Begun.Pass();
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
