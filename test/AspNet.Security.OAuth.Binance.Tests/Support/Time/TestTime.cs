using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Time;

/// <summary>
/// The time of a site and, if there is one, of its emulator. It stands still until a test moves it, so that "after eight hours" is exact
/// to the second. Due timers have fired when the call that moves it returns. Without an emulator, a wait of less than a second passes at once: it is the
/// pause before a request is repeated.
/// </summary>
/// <param name="emulator">The emulator whose time moves along.</param>
internal sealed class TestTime(BinanceEmulator? emulator = null) : FakeTimeProvider(emulator is null ? Origin : WholeSecond(emulator.Clock.GetUtcNow()))
{
    /// <summary>When the time begins without an emulator.</summary>
    public static readonly DateTimeOffset Origin = new(2030, 5, 17, 8, 30, 0, TimeSpan.Zero);

    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _storeCommand = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Created)> _awaited = [];
    private readonly HashSet<TimeSpan> _lengths = [];
    private readonly HashSet<Watched> _pending = [];
    private TaskCompletionSource _changed = NewSignal();

    public void Pass(TimeSpan time)
    {
        emulator?.Clock.Advance(time);
        Advance(time);
    }

    /// <summary>Completes when the first timer of this length is set, or at once if there was one.</summary>
    public Task FirstTimer(TimeSpan due)
    {
        lock (_lock)
        {
            return _lengths.Contains(due) ? Task.CompletedTask : NextTimer(due);
        }
    }

    /// <summary>Completes when the next timer of this length is set: the code that set it waits from then on.</summary>
    public Task NextTimer(TimeSpan due)
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _awaited.Add((due, created));
        }

        return created.Task.WaitAsync(TestTimeout.Token);
    }

    /// <summary>The timers that wait now.</summary>
    public IReadOnlySet<ITimer> Timers
    {
        get
        {
            lock (_lock)
            {
                return _pending.ToHashSet<ITimer>();
            }
        }
    }

    /// <summary>
    /// Lets time pass from timer to timer until something has completed, and no more than so much in all: what needs more fails. Time does
    /// not pass while timers are set or end, which shows that work is in progress that does not wait for it.
    /// </summary>
    /// <param name="task">What has to complete.</param>
    /// <param name="most">The time that it may take.</param>
    /// <param name="others">Unrelated timers, which fire on the way: time passes to them only if nothing else happens.</param>
    public async Task PassUpToAsync(Task task, TimeSpan most, IReadOnlySet<ITimer>? others = null)
    {
        var (began, quiet) = (GetTimestamp(), TimeSpan.Zero);
        while (!task.IsCompleted)
        {
            Task changed;
            TimeSpan? next;
            var now = GetUtcNow();
            lock (_lock)
            {
                (changed, next) = (_changed.Task, _pending.Where(timer => others?.Contains(timer) is not true).Min(timer => timer.Due) - now);
            }

            try
            {
                await Task.WhenAny(task, changed).WaitAsync(_quiet, TestContext.Current.CancellationToken);
                quiet = TimeSpan.Zero;
                continue;
            }
            catch (TimeoutException)
            {
                quiet += _quiet;
            }

            if (next <= most - GetElapsedTime(began))
            {
                Pass(next.Value > TimeSpan.Zero ? next.Value : TimeSpan.Zero);
                quiet = TimeSpan.Zero;
            }
            else if (quiet > TimeSpan.FromSeconds(2) && others is not null)
            {
                others = null;
            }
            else if (quiet > TimeSpan.FromSeconds(10))
            {
                Assert.Fail($"It takes longer than {most}.");
            }
        }

        await task;
    }

    /// <summary>
    /// Completes when no timer waits that is as short as the timeout of a store's command, or after two seconds: commands in progress have
    /// ended then, unless the store hangs. If time passed earlier, they would fail on a busy machine, although the store has their results.
    /// </summary>
    public async Task SettleAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        end.CancelAfter(TimeSpan.FromSeconds(2));
        while (!end.IsCancellationRequested)
        {
            Task changed;
            lock (_lock)
            {
                if (!_pending.Any(timer => timer.Length <= _storeCommand))
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var watched = new Watched(this, callback, state);
        watched.Changed(dueTime);
        watched.Timer = base.CreateTimer(watched.Fire, null, dueTime, period);
        lock (_lock)
        {
            _lengths.Add(dueTime);
            foreach (var (due, created) in _awaited)
            {
                if (due == dueTime)
                {
                    created.TrySetResult();
                }
            }
        }

        if (emulator is null && dueTime > TimeSpan.Zero && dueTime < _second)
        {
            Advance(dueTime);
        }

        return watched;
    }

    // A cookie's times are kept in whole seconds.
    private static DateTimeOffset WholeSecond(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A timer whose time is known as long as it waits.
    private sealed class Watched(TestTime clock, TimerCallback callback, object? state) : ITimer
    {
        public DateTimeOffset? Due { get; private set; }

        public TimeSpan Length { get; private set; }

        public ITimer Timer { get; set; } = null!;

        public void Fire(object? unused)
        {
            Changed(Timeout.InfiniteTimeSpan);
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Changed(dueTime);
            return Timer.Change(dueTime, period);
        }

        public void Changed(TimeSpan dueTime)
        {
            TaskCompletionSource changed;
            var now = clock.GetUtcNow();
            lock (clock._lock)
            {
                (Due, Length) = (dueTime > TimeSpan.Zero ? now + dueTime : null, dueTime);
                _ = Due is null ? clock._pending.Remove(this) : clock._pending.Add(this);
                (changed, clock._changed) = (clock._changed, NewSignal());
            }

            changed.SetResult();
        }

        public void Dispose()
        {
            Changed(Timeout.InfiniteTimeSpan);
            Timer.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
