using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The application's distributed lock, if it has one. If it hangs, acquiring and releasing wait for at most 3 seconds each.
/// </summary>
internal sealed class FarmLocks(IServiceProvider services, FarmStores stores)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();

    public bool IsAvailable => _locks is not null;

    /// <summary>Tries to acquire a lock.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="within">How long to wait for another holder.</param>
    /// <param name="scheme">The scheme for the log.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lock, or <see langword="null"/> if another holder has it.</returns>
    /// <exception cref="StoreException">The lock failed, which is reported.</exception>
    public async Task<IDistributedSynchronizationHandle?> TryAcquireAsync(string name, TimeSpan within, string scheme, TimeProvider time)
    {
        var acquisition = new Acquisition();
        try
        {
            return await stores.RunOnLockAsync(scheme, time, () => acquisition.Try(() => _locks!.TryAcquireLockAsync(name, within)));
        }
        catch (StoreException)
        {
            _ = ReleaseLateAsync(acquisition, scheme, time);
            throw;
        }
    }

    /// <summary>Waits until the lock's holder has released it, and acquires it.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="within">How long to wait.</param>
    /// <param name="scheme">The scheme for the log.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lock.</returns>
    /// <exception cref="Exception">The lock failed, or was not released in time.</exception>
    public async Task<IDistributedSynchronizationHandle> AcquireAsync(string name, TimeSpan within, string scheme, TimeProvider time)
    {
        var timeout = new CancellationTokenSource(within, time);
        var acquisition = new Acquisition();
        var acquiring = acquisition.Try(async () => await FallibleStore.RetryAsync(
            async () => await _locks!.AcquireLockAsync(name, timeout: null, timeout.Token), () => !timeout.IsCancellationRequested));
        try
        {
            // A lock may ignore the cancellation.
            var held = (await acquiring.WaitAsync(within, time))!;
            timeout.Dispose();
            return held;
        }
        catch (Exception)
        {
            // Not awaited, because a lock may block in its cancellation callback.
            _ = timeout.CancelAsync();
            _ = ReleaseLateAsync(acquisition, scheme, time);
            throw;
        }
    }

    /// <summary>Releases a lock. One whose release fails expires in its store.</summary>
    public async Task ReleaseAsync(IDistributedSynchronizationHandle held, string scheme, TimeProvider time)
    {
        try
        {
            await stores.RunOnLockAsync(scheme, time, async () => await held.DisposeAsync());
        }
        catch (StoreException)
        {
            // It is reported already.
        }
    }

    // Releases a lock that was acquired after the wait for it had ended.
    private async Task ReleaseLateAsync(Acquisition acquisition, string scheme, TimeProvider time)
    {
        try
        {
            if (await acquisition.AbandonAsync() is { } held)
            {
                await ReleaseAsync(held, scheme, time);
            }
        }
        catch (Exception)
        {
            // The lock was not acquired, which is reported already.
        }
    }

    /// <summary>The attempts to acquire a lock. Only the last one may still be running.</summary>
    private sealed class Acquisition
    {
        private readonly Lock _lock = new();
        private Task<IDistributedSynchronizationHandle?> _last = Task.FromResult<IDistributedSynchronizationHandle?>(null);
        private bool _isAbandoned;

        public Task<IDistributedSynchronizationHandle?> Try(Func<ValueTask<IDistributedSynchronizationHandle?>> attempt)
        {
            lock (_lock)
            {
                // On another thread, because a lock that blocks must not block AbandonAsync.
                return _isAbandoned ? _last : _last = Task.Run(async () => await attempt());
            }
        }

        public Task<IDistributedSynchronizationHandle?> AbandonAsync()
        {
            lock (_lock)
            {
                _isAbandoned = true;
                return _last;
            }
        }
    }
}
