namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A timer that is due by <see cref="EmulatorClock"/>: when enough real time has passed, or when the clock is set forward.</summary>
internal sealed class EmulatorTimer : ITimer
{
    // The system's timers take at most some fifty days; a longer wait is armed again.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly EmulatorClock _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ITimer _system;
    private DateTimeOffset? _due;
    private TimeSpan _period = Timeout.InfiniteTimeSpan;
    private bool _disposed;

    public EmulatorTimer(EmulatorClock clock, TimerCallback callback, object? state)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
        _system = TimeProvider.System.CreateTimer(static self => ((EmulatorTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return false;
            }

            _due = dueTime == Timeout.InfiniteTimeSpan ? null : _clock.GetUtcNow() + dueTime;
            _period = period;
        }

        Rearm();
        return true;
    }

    public void Rearm()
    {
        lock (_gate)
        {
            if (_disposed || _due is not { } due)
            {
                return;
            }

            var left = due - _clock.GetUtcNow();

            // Up to the next millisecond, or the system's timer, which counts whole ones, would tick a little too early again and again.
            left = left <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
            _system.Change(left < s_longestWait ? left : s_longestWait, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
        }

        _clock.Forget(this);
        _system.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void Tick()
    {
        lock (_gate)
        {
            if (_disposed || _due is not { } due)
            {
                return;
            }

            if (_clock.GetUtcNow() >= due)
            {
                _due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : _clock.GetUtcNow() + _period;
            }
            else
            {
                Rearm();
                return;
            }
        }

        Rearm();
        _callback(_state);
    }
}
