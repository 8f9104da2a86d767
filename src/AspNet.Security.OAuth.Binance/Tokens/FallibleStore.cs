namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// A store that may fail. A command that fails is tried again twice, because a connection that was lost is replaced by the next command;
/// then the store counts as unavailable for 5 seconds. Its failure is reported once: a store that is down is down for every step and
/// every request. One that hangs is not used again for that time, because it would hold each of them.
/// </summary>
internal sealed class FallibleStore
{
    /// <summary>The time that a command may take, with its retries: a store that hangs must not hold a page longer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private const int Retries = 2;

    // By the time of the machine, and not by the application's clock: nothing ages by it.
    private static readonly TimeSpan _beforeRetry = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    // A client of a store has a timeout of its own. One that refuses at once holds nobody.
    private static readonly TimeSpan _hanging = TimeSpan.FromSeconds(1);

    // Timestamps, not times: a clock that is set back does not prolong it.
    private readonly Lock _lock = new();
    private long? _failed;
    private long? _hung;

    /// <summary>Returns a value indicating whether a command failed within the last 5 seconds.</summary>
    public bool IsUnavailable(TimeProvider time)
    {
        lock (_lock)
        {
            return IsRecent(_failed, time);
        }
    }

    /// <summary>Returns a value indicating whether a command had no response in time within the last 5 seconds.</summary>
    public bool Hangs(TimeProvider time)
    {
        lock (_lock)
        {
            return IsRecent(_hung, time);
        }
    }

    /// <summary>Runs a command.</summary>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="command">The command, which may run more than once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Reports the first failure for a while.</param>
    /// <returns>What the command returns.</returns>
    /// <exception cref="StoreException">It failed, or had no response in time.</exception>
    public async Task<T> RunAsync<T>(Func<Task<T>> command, TimeProvider time, Action<Exception> report)
    {
        var started = time.GetTimestamp();
        Task<T>? running = null;
        try
        {
            running = RetryAsync(command, () => !IsUnavailable(time) && time.GetElapsedTime(started) < _hanging);
            return await running.WaitAsync(Timeout, time);
        }
        catch (Exception exception)
        {
            // A failure that comes when nobody waits any more is no unobserved exception.
            _ = running?.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            if (Begins(hangs: time.GetElapsedTime(started) >= _hanging, time))
            {
                report(exception);
            }

            throw new StoreException(exception);
        }
    }

    /// <summary>Runs a command, and again if it fails and may be tried again.</summary>
    public static async Task<T> RetryAsync<T>(Func<Task<T>> command, Func<bool> mayRetry)
    {
        for (var retries = Retries; ; retries--)
        {
            try
            {
                return await command();
            }
            catch (Exception) when (retries > 0 && mayRetry())
            {
                await Task.Delay(_beforeRetry, TimeProvider.System);
            }
        }
    }

    private bool Begins(bool hangs, TimeProvider time)
    {
        lock (_lock)
        {
            var begins = !IsRecent(_failed, time);
            _failed = time.GetTimestamp();
            _hung = hangs ? _failed : _hung;
            return begins;
        }
    }

    private static bool IsRecent(long? timestamp, TimeProvider time)
        => timestamp is { } at && time.GetElapsedTime(at) is var elapsed && elapsed >= TimeSpan.Zero && elapsed < _pause;
}

/// <summary>A store failed, which is reported already, or holds what cannot be read.</summary>
internal sealed class StoreException(Exception cause) : Exception("A store of the web farm failed.", cause);
