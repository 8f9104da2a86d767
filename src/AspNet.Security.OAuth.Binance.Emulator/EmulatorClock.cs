namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// The emulator's clock. It runs with the system's and can be set forward, so that a token expires without anybody waiting.
/// Give it to an application as its <see cref="TimeProvider"/> too, and both see the same time.
/// </summary>
public sealed class EmulatorClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<EmulatorTimer> _timers = [];
    private TimeSpan _offset;

    internal EmulatorClock()
    {
    }

    /// <summary>How far the clock is ahead of the system's.</summary>
    public TimeSpan Offset
    {
        get
        {
            lock (_gate)
            {
                return _offset;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>Sets the clock forward. Timers that have become due fire at once, a periodic one once.</summary>
    /// <param name="by">How far.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or the clock would be more than a thousand years ahead.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        EmulatorTimer[] timers;
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(by, TimeSpan.FromDays(365_000) - _offset);
            _offset += by;
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Rearm();
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;

    /// <inheritdoc/>
    public override long GetTimestamp() => System.GetTimestamp() + (long)(Offset.TotalSeconds * TimestampFrequency);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new EmulatorTimer(this, callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    internal void Forget(EmulatorTimer timer)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
        }
    }
}
