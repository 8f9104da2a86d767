using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A clock that stands still until a test moves it. Pauses of less than a second pass at once.
/// </summary>
internal sealed class TestTime() : FakeTimeProvider(Origin)
{
    public static readonly DateTimeOffset Origin = new(2030, 5, 17, 8, 30, 0, TimeSpan.Zero);

    private readonly ConcurrentDictionary<TimeSpan, TaskCompletionSource> _timers = [];

    /// <summary>Completes when something waits for so long. A test that moves the time before would leave it nothing to wait for.</summary>
    public Task WaiterFor(TimeSpan dueTime) => Waiter(dueTime).Task.WaitAsync(TestContext.Current.CancellationToken);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Waiter(dueTime).TrySetResult();
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            Advance(dueTime);
        }

        return timer;
    }

    private TaskCompletionSource Waiter(TimeSpan dueTime)
        => _timers.GetOrAdd(dueTime, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
