using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The application's distributed lock, if it has one. A lock that hangs costs 3 seconds to acquire and 3 to release.
/// </summary>
internal sealed class FarmLocks(IServiceProvider services, FarmOutage outage)
{
    private readonly IDistributedLockProvider? _locks = services.GetService<IDistributedLockProvider>();

    public bool IsAvailable => _locks is not null;

    /// <summary>Tries to acquire a lock.</summary>
    /// <param name="name">The lock's name.</param>
    /// <param name="within">How long to wait for somebody else who holds it.</param>
    /// <param name="scheme">The scheme for the log.</param>
    /// <param name="time">The clock.</param>
    /// <returns>The lock, or <see langword="null"/> if somebody else holds it.</returns>
    /// <exception cref="TimeoutException">There was no response.</exception>
    public async Task<IDistributedSynchronizationHandle?> TryAcquireAsync(string name, TimeSpan within, string scheme, TimeProvider time)
    {
        var acquiring = _locks!.TryAcquireLockAsync(name, within).AsTask();
        try
        {
            return await acquiring.WaitAsync(OutcomeStore.Timeout, time);
        }
        catch (TimeoutException)
        {
            _ = ReleaseLateAsync(acquiring, scheme, time);
            throw;
        }
    }

    /// <summary>Acquires a lock when whoever holds it has released it.</summary>
    public ValueTask<IDistributedSynchronizationHandle> AcquireAsync(string name, CancellationToken cancellationToken)
        => _locks!.AcquireLockAsync(name, timeout: null, cancellationToken);

    /// <summary>Releases a lock. One whose release fails ends by itself.</summary>
    public async Task ReleaseAsync(IDistributedSynchronizationHandle held, string scheme, TimeProvider time)
    {
        try
        {
            await held.DisposeAsync().AsTask().WaitAsync(OutcomeStore.Timeout, time);
        }
        catch (Exception exception)
        {
            outage.Report(exception, scheme, time);
        }
    }

    private async Task ReleaseLateAsync(Task<IDistributedSynchronizationHandle?> acquiring, string scheme, TimeProvider time)
    {
        try
        {
            if (await acquiring is { } held)
            {
                await ReleaseAsync(held, scheme, time);
            }
        }
        catch (Exception exception)
        {
            outage.Report(exception, scheme, time);
        }
    }
}
