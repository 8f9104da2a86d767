using System.Collections.Concurrent;
using Medallion.Threading;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// Distributed locks that all processes of a test share, and that a test can take away.
/// </summary>
internal sealed class SharedLocks : IDistributedLockProvider
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = [];
    private readonly ConcurrentQueue<SemaphoreSlim> _held = [];
    private bool _isNextHeld;

    public ICollection<string> Names => _locks.Keys;

    /// <summary>What acquiring throws.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What releasing throws, after it was done.</summary>
    public Exception? ReleaseFailure { get; set; }

    /// <summary>Whether acquiring never completes.</summary>
    public bool HangsAtAcquire { get; set; }

    /// <summary>Whether releasing never completes.</summary>
    public bool HangsAtRelease { get; set; }

    /// <summary>Lets the lock that is created next, by its first use, be held already by somebody who does not give it back.</summary>
    public void HoldNext() => _isNextHeld = true;

    public void ReleaseHeld()
    {
        while (_held.TryDequeue(out var held))
        {
            held.Release();
        }
    }

    public IDistributedLock CreateLock(string name) => new Lock(this, name, _locks.GetOrAdd(name, _ => Create()));

    private SemaphoreSlim Create()
    {
        if (!_isNextHeld)
        {
            return new SemaphoreSlim(1, 1);
        }

        _isNextHeld = false;
        var held = new SemaphoreSlim(0, 1);
        _held.Enqueue(held);
        return held;
    }

    private sealed class Lock(SharedLocks locks, string name, SemaphoreSlim semaphore) : IDistributedLock
    {
        public string Name => name;

        public async ValueTask<IDistributedSynchronizationHandle> AcquireAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default)
            => await TryAcquireAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken) ?? throw new TimeoutException();

        public async ValueTask<IDistributedSynchronizationHandle?> TryAcquireAsync(TimeSpan timeout = default, CancellationToken cancellationToken = default)
        {
            if (locks.HangsAtAcquire)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return locks.Failure is { } failure
                ? throw failure
                : await semaphore.WaitAsync(timeout, cancellationToken) ? new Handle(locks, semaphore) : null;
        }

        public IDistributedSynchronizationHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IDistributedSynchronizationHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class Handle(SharedLocks locks, SemaphoreSlim semaphore) : IDistributedSynchronizationHandle
    {
        public CancellationToken HandleLostToken => CancellationToken.None;

        public void Dispose() => throw new NotSupportedException();

        public ValueTask DisposeAsync()
        {
            semaphore.Release();
            if (locks.HangsAtRelease)
            {
                return new(new TaskCompletionSource().Task);
            }

            return locks.ReleaseFailure is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
        }
    }
}
