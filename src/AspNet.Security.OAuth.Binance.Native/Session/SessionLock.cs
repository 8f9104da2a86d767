namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The lock for changes of the session: a semaphore in this process, and the store's lock for other processes.
/// </summary>
internal sealed class SessionLock(SemaphoreSlim? inProcess, IAsyncDisposable? inStore) : IAsyncDisposable
{
    private SemaphoreSlim? _inProcess = inProcess;

    public bool IsHeld { get; } = inProcess is not null;

    public async ValueTask DisposeAsync()
    {
        var held = Interlocked.Exchange(ref _inProcess, null);
        try
        {
            if (held is not null && inStore is not null)
            {
                await inStore.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            held?.Release();
        }
    }
}
