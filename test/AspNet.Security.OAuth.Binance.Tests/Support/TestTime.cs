using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// A clock that stands still until a test moves it. Pauses of less than a second pass at once.
/// </summary>
internal sealed class TestTime() : FakeTimeProvider(Origin)
{
    public static readonly DateTimeOffset Origin = new(2030, 5, 17, 8, 30, 0, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromSeconds(1))
        {
            Advance(dueTime);
        }

        return timer;
    }
}
