using System.Diagnostics.CodeAnalysis;

namespace AspNet.Security.OAuth.Binance.Emulator.Hosting;

/// <summary>
/// A reader-writer lock between requests (readers) and a reset (writer): a token request could otherwise redeem its code before the reset and
/// issue its tokens after it.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A ReaderWriterLockSlim holds events when threads wait for it alone, and requests may end after the emulator.")]
internal sealed class ResetLock
{
    // Reentrant: an operation of the JSON API takes the lock, and so do the methods that it calls.
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

    /// <summary>Runs work exclusively.</summary>
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
