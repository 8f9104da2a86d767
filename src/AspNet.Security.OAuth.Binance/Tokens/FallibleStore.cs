namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// A store that may fail. A command that fails is tried again twice, because the next command replaces a lost connection;
/// then the store counts as unavailable for 5 seconds. The failure is reported once in that time. A store that hangs is not used during
/// that time, because it would delay every request.
/// </summary>
internal sealed class FallibleStore
{
    /// <summary>The time that a command may take, with its retries.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private const int Retries = 2;

    // Measured by the system's clock, and not by the application's, because nothing expires by it.
    private static readonly TimeSpan _beforeRetry = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    // A command that takes this long, for example until the client's own timeout, counts as hanging. A quick failure does not.
    private static readonly TimeSpan _hanging = TimeSpan.FromSeconds(1);

    // Timestamps, so that setting the clock back does not prolong the pause.
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
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="command">The command, which may run more than once.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">Reports the first failure within 5 seconds.</param>
    /// <returns>The result of the command.</returns>
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
            // Observes an exception that is thrown after the wait.
            _ = running?.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            if (BeginsOutage(hangs: time.GetElapsedTime(started) >= _hanging, time))
            {
                report(exception);
            }

            throw new StoreException(exception);
        }
    }

    /// <summary>Runs a command, with retries if it fails.</summary>
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

    private bool BeginsOutage(bool hangs, TimeProvider time)
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

/// <summary>A store failed, which is reported already, or an entry cannot be read.</summary>
internal sealed class StoreException(Exception cause) : Exception("A store of the web farm failed.", cause);
