using System.Collections.Concurrent;
using Medallion.Threading;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Stores;

/// <summary>
/// The commands of a distributed lock.
/// </summary>
public enum LockCommand
{
    Create,
    Acquire,
    Release,
}

/// <summary>
/// Distributed locks that all processes of a test share, and that a test can make unavailable.
/// </summary>
internal sealed class SharedLocks : IDistributedLockProvider
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _locks = [];
    private readonly ConcurrentQueue<SemaphoreSlim> _held = [];
    private readonly ConcurrentQueue<(LockCommand Command, string Name)> _commands = [];
    private readonly ConcurrentQueue<(LockCommand Command, TaskCompletionSource Arrived)> _awaited = [];
    private readonly Dictionary<LockCommand, int> _failing = [];
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

    /// <summary>Runs before a command; throws, blocks, or never completes, whatever cancels it.</summary>
    public Func<LockCommand, string, Task>? Before { get; set; }

    /// <summary>Makes a number of commands of one kind fail before they do anything.</summary>
    public void FailNext(int times, LockCommand command)
    {
        lock (_failing)
        {
            _failing[command] = times;
        }
    }

    /// <summary>How many commands of one kind are still to fail.</summary>
    public int FailuresLeft(LockCommand command)
    {
        lock (_failing)
        {
            return _failing.GetValueOrDefault(command);
        }
    }

    /// <summary>How many commands of one kind there were, those that failed or never completed included.</summary>
    public int Count(LockCommand command) => _commands.Count(done => done.Command == command);

    /// <summary>Completes when the next command of one kind has arrived.</summary>
    public Task Next(LockCommand command)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Enqueue((command, arrived));
        return arrived.Task.WaitAsync(TestTimeout.Token);
    }

    /// <summary>Ends an outage.</summary>
    public void Recover()
    {
        (Before, Failure, ReleaseFailure, HangsAtAcquire, HangsAtRelease) = (null, null, null, false, false);
        lock (_failing)
        {
            _failing.Clear();
        }
    }

    /// <summary>The next lock is held from its creation, by a holder that never releases it.</summary>
    public void HoldNext() => _isNextHeld = true;

    public void ReleaseHeld()
    {
        while (_held.TryDequeue(out var held))
        {
            held.Release();
        }
    }

    public IDistributedLock CreateLock(string name)
    {
        BeforeAsync(LockCommand.Create, name).GetAwaiter().GetResult();
        return new Lock(this, name, _locks.GetOrAdd(name, _ => Create()));
    }

    private async Task BeforeAsync(LockCommand command, string name)
    {
        _commands.Enqueue((command, name));
        foreach (var (awaited, arrived) in _awaited)
        {
            if (awaited == command)
            {
                arrived.TrySetResult();
            }
        }

        await (Before?.Invoke(command, name) ?? Task.CompletedTask);
        lock (_failing)
        {
            if (_failing.GetValueOrDefault(command) is > 0 and var remaining)
            {
                _failing[command] = remaining - 1;
                throw new InvalidOperationException("the connection is lost");
            }
        }
    }

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
            await locks.BeforeAsync(LockCommand.Acquire, name);
            if (locks.HangsAtAcquire)
            {
                await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            }

            return locks.Failure is { } failure
                ? throw failure
                : await semaphore.WaitAsync(timeout, cancellationToken) ? new Handle(locks, name, semaphore) : null;
        }

        public IDistributedSynchronizationHandle Acquire(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public IDistributedSynchronizationHandle? TryAcquire(TimeSpan timeout = default, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }

    private sealed class Handle(SharedLocks locks, string name, SemaphoreSlim semaphore) : IDistributedSynchronizationHandle
    {
        private int _isReleased;

        public CancellationToken HandleLostToken => CancellationToken.None;

        public void Dispose() => throw new NotSupportedException();

        // A failed release may have been executed, so that a retry can release twice.
        public async ValueTask DisposeAsync()
        {
            await locks.BeforeAsync(LockCommand.Release, name);
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            {
                semaphore.Release();
            }

            if (locks.HangsAtRelease)
            {
                await new TaskCompletionSource().Task;
            }

            if (locks.ReleaseFailure is { } failure)
            {
                throw failure;
            }
        }
    }
}
