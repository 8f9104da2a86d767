namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// The emulator's clock. It runs with the system's and can be set forward, so that a token expires without anybody waiting.
/// Give it to an application as its <see cref="TimeProvider"/> too, and both see the same time.
/// </summary>
public sealed class EmulatorClock : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly HashSet<ClockTimer> _timers = [];
    private TimeSpan _offset;

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
    public override long TimestampFrequency => System.TimestampFrequency;

    /// <summary>Sets the clock forward. Timers that have become due fire at once, a periodic one once.</summary>
    /// <param name="by">How far.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or the clock would be more than a thousand years ahead.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        ClockTimer[] timers;
        lock (_lock)
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
        var timer = new ClockTimer(this, callback, state);
        lock (_lock)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private void Forget(ClockTimer timer)
    {
        lock (_lock)
        {
            _timers.Remove(timer);
        }
    }

    // Due when enough real time has passed or when the clock is set forward.
    private sealed class ClockTimer : ITimer
    {
        // A system timer takes at most about 50 days. For a longer wait it is started again.
        private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);

        private readonly Lock _lock = new();
        private readonly EmulatorClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _system;
        private DateTimeOffset? _due;
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
            lock (_lock)
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
            lock (_lock)
            {
                if (_disposed || _due is not { } due)
                {
                    return;
                }

                var left = due - _clock.GetUtcNow();

                // Rounded up: a system timer counts whole milliseconds and would fire early, again and again.
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
}
