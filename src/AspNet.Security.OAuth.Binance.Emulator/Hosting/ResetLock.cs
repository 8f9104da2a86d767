using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Emulator.Hosting;

/// <summary>
/// Keeps the work on a request and a reset apart: a token request would otherwise take its code before the reset and issue its tokens
/// after it. Requests do not wait for each other.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A ReaderWriterLockSlim holds events when threads wait for it alone, and requests may end after the emulator.")]
internal sealed class ResetLock
{
    // What the JSON API does takes the lock, and so does what it calls.
    private readonly ReaderWriterLockSlim _lock = new(LockRecursionPolicy.SupportsRecursion);

    public T Work<T>(Func<T> work)
    {
        _lock.EnterReadLock();
        try
        {
            return work();
        }
        finally
        {
            _lock.ExitReadLock();
        }
    }

    /// <summary>Does what no other work may see the half of.</summary>
    public T Alone<T>(Func<T> work)
    {
        _lock.EnterWriteLock();
        try
        {
            return work();
        }
        finally
        {
            _lock.ExitWriteLock();
        }
    }
}
