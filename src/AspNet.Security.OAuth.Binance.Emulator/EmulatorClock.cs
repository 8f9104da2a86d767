namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// The emulator's clock. It runs with the system's and can be set forward, so that a test need not wait until a token expires.
/// Register it as an application's <see cref="TimeProvider"/>, so that both have the same time.
/// </summary>
public sealed class EmulatorClock : TimeProvider
{
    private static readonly TimeSpan _furthest = TimeSpan.FromDays(365_000);
    private static readonly TimeSpan _tolerance = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HashSet<ClockTimer> _timers = [];
    private TimeSpan _offset;

    // In ticks. A reset does not change it: a monotonic clock never goes back, and timers would wait longer by the time that the clock was
    // ahead. It may overflow after 29000 years in total; differences stay correct.
    private long _advanced;

    internal EmulatorClock()
    {
    }

    /// <summary>Gets how far the clock is ahead of the system's.</summary>
    public TimeSpan Offset
    {
        get
        {
            lock (_lock)
            {
                return _offset;
            }
        }
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Sets the clock forward. Timers that have become due fire at once, a periodic one once.</summary>
    /// <param name="by">How far.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or the clock would be more than a thousand years ahead.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        lock (_lock)
        {
            Forward(by);
        }

        RearmTimers();
    }

    /// <summary>Sets the clock to a time. Timers that have become due fire at once, a periodic one once.</summary>
    /// <param name="now">The time. A time less than a second ago counts as now, because the clock runs while the request is sent.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="now"/> is earlier than the clock's time, or the clock would be more than a thousand years ahead.</exception>
    public void Set(DateTimeOffset now)
    {
        lock (_lock)
        {
            var by = now - (System.GetUtcNow() + _offset);
            if (by <= -_tolerance)
            {
                throw new ArgumentOutOfRangeException(nameof(now), now, "The clock can only be set forward.");
            }

            Forward(by < TimeSpan.Zero ? TimeSpan.Zero : by);
        }

        RearmTimers();
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        lock (_lock)
        {
            return unchecked(System.GetElapsedTime(0).Ticks + _advanced);
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ClockTimer(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Sets the clock to the system's time. The remaining time of timers does not change.</summary>
    internal void Reset()
    {
        lock (_lock)
        {
            _offset = TimeSpan.Zero;
        }
    }

    private void Forward(TimeSpan by)
    {
        if (by > _furthest - _offset)
        {
            throw new ArgumentOutOfRangeException(nameof(by), by, "The clock can be at most a thousand years ahead.");
        }

        _offset += by;
        _advanced = unchecked(_advanced + by.Ticks);
    }

    private void RearmTimers()
    {
        ClockTimer[] timers;
        lock (_lock)
        {
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            timer.Rearm();
        }
    }

    private void Forget(ClockTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    // A timer that is due after real time or when the clock is set forward. Its times are timestamps of the clock.
    private sealed class ClockTimer : ITimer
    {
        // The limit of a system timer is about 50 days. For a longer wait it is started again.
        private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);

        // The limit of a system timer.
        private static readonly TimeSpan _longestDue = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

        private readonly Lock _lock = new();
        private readonly EmulatorClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _system;
        private long? _due;
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _disposed;

        public ClockTimer(EmulatorClock clock, TimerCallback callback, object? state)
        {
            _clock = clock;
            _callback = callback;
            _state = state;
            _system = TimeProvider.System.CreateTimer(static self => ((ClockTimer)self!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(dueTime, _longestDue);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(period, _longestDue);
            lock (_lock)
            {
                if (_disposed)
                {
                    return false;
                }

                _due = dueTime == Timeout.InfiniteTimeSpan ? null : After(dueTime);
                _period = period;
            }

            Rearm();
            return true;
        }

        public void Rearm()
        {
            lock (_lock)
            {
                if (_disposed || _due is not { } due)
                {
                    return;
                }

                var left = Until(due);

                // Rounded up: a system timer counts whole milliseconds, and would fire early repeatedly.
                left = left <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
                _system.Change(left < _longestWait ? left : _longestWait, Timeout.InfiniteTimeSpan);
            }
        }

        public void Dispose()
        {
            lock (_lock)
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
            lock (_lock)
            {
                if (_disposed || _due is not { } due)
                {
                    return;
                }

                if (Until(due) <= TimeSpan.Zero)
                {
                    _due = _period == Timeout.InfiniteTimeSpan || _period == TimeSpan.Zero ? null : After(_period);
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

        private long After(TimeSpan time) => unchecked(_clock.GetTimestamp() + time.Ticks);

        private TimeSpan Until(long due) => new(unchecked(due - _clock.GetTimestamp()));
    }
}
