using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback.Support;

/// <summary>
/// A clock that a test advances, and that counts the timers by their due time.
/// </summary>
internal sealed class TimerTime : FakeTimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<TimeSpan> _timers = [];
    private readonly List<(TimeSpan DueTime, int Count, TaskCompletionSource Reached)> _waiting = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_lock)
        {
            _timers.Add(dueTime);
            _waiting.FindAll(IsReached).ForEach(static waiting => waiting.Reached.TrySetResult());
        }

        return timer;
    }

    /// <summary>Waits until this many timers with this due time have been created.</summary>
    public Task WaitForTimersAsync(TimeSpan dueTime, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((dueTime, count, reached));
            _waiting.FindAll(IsReached).ForEach(static waiting => waiting.Reached.TrySetResult());
        }

        return reached.Task.WaitAsync(TestTimeout.Token);
    }

    private bool IsReached((TimeSpan DueTime, int Count, TaskCompletionSource Reached) waiting)
        => _timers.Count(dueTime => dueTime == waiting.DueTime) >= waiting.Count;
}
