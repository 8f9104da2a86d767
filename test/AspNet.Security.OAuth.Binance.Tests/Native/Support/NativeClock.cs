using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A clock that a test advances, and that reports when a wait begins. Waits of less than a second end at once.
/// </summary>
internal sealed class NativeClock() : FakeTimeProvider(TestTime.Origin)
{
    private readonly Lock _lock = new();
    private readonly List<(TimeSpan Length, TaskCompletionSource Begun)> _expected = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            Advance(dueTime);
        }

        lock (_lock)
        {
            _expected.RemoveAll(expected => expected.Length == dueTime && expected.Begun.TrySetResult());
        }

        return timer;
    }

    /// <summary>Completes when a wait of exactly this length begins after this call.</summary>
    public Task NextWait(TimeSpan length)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _expected.Add((length, begun));
        }

        return begun.Task.WaitAsync(TestTimeout.Token);
    }
}
