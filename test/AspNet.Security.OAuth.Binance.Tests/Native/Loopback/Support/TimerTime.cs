using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Loopback;

/// <summary>
/// A clock that stands still until a test moves it, and tells when somebody waits by it.
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

    /// <summary>Waits until so many timers of this length have been started, ever.</summary>
    public Task WaitForTimersAsync(TimeSpan dueTime, int count)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((dueTime, count, reached));
            _waiting.FindAll(IsReached).ForEach(static waiting => waiting.Reached.TrySetResult());
        }

        return reached.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private bool IsReached((TimeSpan DueTime, int Count, TaskCompletionSource Reached) waiting)
        => _timers.Count(dueTime => dueTime == waiting.DueTime) >= waiting.Count;
}
