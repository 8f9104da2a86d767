using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// The time of the sites and of the emulator, which one call sets forward. The sites' own time stands still in between, so that
/// "after eight hours" can be tested to the second, and their timers have fired when that call returns.
/// </summary>
internal sealed class LifetimeClock(BinanceEmulator emulator) : FakeTimeProvider(WholeSecond(emulator.Clock.GetUtcNow()))
{
    private readonly Lock _gate = new();
    private readonly List<(TimeSpan Due, TaskCompletionSource Created)> _awaited = [];

    public void Pass(TimeSpan time)
    {
        emulator.Clock.Advance(time);
        Advance(time);
    }

    /// <summary>Completes when the next timer of this length is set: whoever set it waits from then on.</summary>
    public Task NextTimer(TimeSpan due)
    {
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _awaited.Add((due, created));
        }

        return created.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        lock (_gate)
        {
            foreach (var (due, created) in _awaited)
            {
                if (due == dueTime)
                {
                    created.TrySetResult();
                }
            }
        }

        return timer;
    }

    // A cookie's times are kept in whole seconds.
    private static DateTimeOffset WholeSecond(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
