using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The application's distributed lock, if it has one. One that hangs costs 3 seconds to acquire and 3 to release; the next attempt is a new one.
/// </summary>
internal sealed class FarmLocks(IServiceProvider services, FarmStores stores)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();

    public bool IsAvailable => _locks is not null;

    /// <summary>Tries to acquire a lock.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="within">How long to wait for somebody else who holds it.</param>
    /// <param name="scheme">The scheme for the log.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lock, or <see langword="null"/> if somebody else holds it.</returns>
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

    /// <summary>Acquires a lock when whoever holds it has released it.</summary>
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
            // A lock may not notice that it is cancelled.
            var held = (await acquiring.WaitAsync(within, time))!;
            timeout.Dispose();
            return held;
        }
        catch (Exception)
        {
            // Not awaited: a lock may block there, too.
            _ = timeout.CancelAsync();
            _ = ReleaseLateAsync(acquisition, scheme, time);
            throw;
        }
    }

    /// <summary>Releases a lock. One whose release fails ends by itself.</summary>
    public async Task ReleaseAsync(IDistributedSynchronizationHandle held, string scheme, TimeProvider time)
    {
        try
        {
            await stores.RunOnLockAsync(scheme, time, async () => await held.DisposeAsync());
        }
        catch (StoreException)
        {
            // Reported already.
        }
    }

    // A lock that was acquired when nobody waited for it any more.
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
            // It was not acquired, for which there is a report already.
        }
    }

    /// <summary>The attempts to acquire a lock. All of them have ended but, perhaps, the last.</summary>
    private sealed class Acquisition
    {
        private readonly Lock _lock = new();
        private Task<IDistributedSynchronizationHandle?> _last = Task.FromResult<IDistributedSynchronizationHandle?>(null);
        private bool _isAbandoned;

        public Task<IDistributedSynchronizationHandle?> Try(Func<ValueTask<IDistributedSynchronizationHandle?>> attempt)
        {
            lock (_lock)
            {
                // A lock that blocks must not hold whoever abandons it.
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
