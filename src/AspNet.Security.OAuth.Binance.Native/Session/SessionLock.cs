namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The lock around a change of the session: that of this process, and that of the store for other processes.
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
