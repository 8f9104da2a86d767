namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz;

/// <summary>
/// A clock that stands still. Pauses of less than a second pass at once, longer ones never, and neither is remembered: ten thousand
/// cases leave no timers behind that each further one would have to be compared with.
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
