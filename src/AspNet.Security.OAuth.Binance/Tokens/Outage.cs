namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Whether a store failed within the last 5 seconds. Its failure is reported once: a store that is down is down for every step
/// and every request. One that hangs is not used again for that time, because it would hold each of them.
/// </summary>
internal sealed class Outage
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    // Timestamps, not times: a clock that is set back does not prolong it.
    private readonly Lock _lock = new();
    private long? _failed;
    private long? _hung;

    /// <summary>Returns a value indicating whether the store failed.</summary>
    public bool IsRecent(TimeProvider time)
    {
        lock (_lock)
        {
            return IsRecent(_failed, time);
        }
    }

    /// <summary>Returns a value indicating whether a request to the store got no response in time.</summary>
    public bool Hangs(TimeProvider time)
    {
        lock (_lock)
        {
            return IsRecent(_hung, time);
        }
    }

    /// <summary>Remembers a failure.</summary>
    /// <param name="hangs">Whether there was no response in time.</param>
    /// <param name="time">The clock.</param>
    /// <returns><see langword="true"/> if it is the first for a while, and has to be logged.</returns>
    public bool Begins(bool hangs, TimeProvider time)
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
