using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A clock that a test advances, and that reports when a wait begins. Waits of less than a second end at once.
/// </summary>
internal sealed class NativeClock() : FakeTimeProvider(TestTime.Origin)
{
    private readonly Lock _lock = new();
    private readonly List<ExpectedWait> _expected = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            Advance(dueTime);
        }

        lock (_lock)
        {
            _expected.RemoveAll(expected => expected.IsLast(dueTime));
        }

        return timer;
    }

    /// <summary>Completes when a wait of exactly this length begins after this call, or the given number of them.</summary>
    public Task NextWait(TimeSpan length, int count = 1)
    {
        var expected = new ExpectedWait(length, count);
        lock (_lock)
        {
            _expected.Add(expected);
        }

        return expected.Begun.WaitAsync(TestTimeout.Token);
    }

    private sealed class ExpectedWait(TimeSpan length, int count)
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = count;

        public Task Begun => _begun.Task;

        /// <summary>Counts a wait. The caller holds the lock of the clock.</summary>
        public bool IsLast(TimeSpan dueTime) => dueTime == length && --_left == 0 && _begun.TrySetResult();
    }
}
