
namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// A clock that does not advance. Delays of less than a second end at once, longer ones never, and no timer is kept: with ten thousand cases,
/// the timers of earlier ones would slow down each later one.
/// </summary>
internal sealed class FuzzTime : TimeProvider
{
    public static DateTimeOffset Now => TestTime.Origin;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
