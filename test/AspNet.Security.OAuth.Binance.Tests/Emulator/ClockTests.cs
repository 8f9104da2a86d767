namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>The emulator's clock, and its timers.</summary>
public sealed class ClockTests : EmulatorTest
{
    [Fact]
    public void The_clock_runs_with_the_system_and_can_be_set_forward()
    {
        var clock = Emulator.Clock;
        var timestamp = clock.GetTimestamp();
        Assert.InRange(clock.GetUtcNow(), TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(1), TimeProvider.System.GetUtcNow());

        clock.Advance(TimeSpan.FromHours(3));

        Assert.Equal(TimeSpan.FromHours(3), clock.Offset);
        Assert.InRange(clock.GetUtcNow() - TimeProvider.System.GetUtcNow(), TimeSpan.FromHours(2.99), TimeSpan.FromHours(3));
        Assert.InRange(clock.GetElapsedTime(timestamp), TimeSpan.FromHours(3), TimeSpan.FromHours(3.1));
    }

    [Fact]
    public async Task A_timer_fires_when_the_clock_reaches_its_time()
    {
        var delay = Task.Delay(TimeSpan.FromDays(40), Emulator.Clock, Cancellation);

        Emulator.Clock.Advance(TimeSpan.FromDays(39));
        Assert.False(delay.IsCompleted);
        Emulator.Clock.Advance(TimeSpan.FromDays(1));

        await delay;
    }

    [Fact]
    public async Task A_timer_fires_in_real_time_too() => await Task.Delay(TimeSpan.FromMilliseconds(5), Emulator.Clock, Cancellation);

    [Fact]
    public async Task A_periodic_timer_fires_after_each_step()
    {
        using var fired = new SemaphoreSlim(0);
        await using var timer = Emulator.Clock.CreateTimer(_ => fired.Release(), null, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

        for (var i = 0; i < 3; i++)
        {
            Emulator.Clock.Advance(TimeSpan.FromHours(1));
            await fired.WaitAsync(Cancellation);
        }

        Assert.True(timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        await timer.DisposeAsync();
        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        Emulator.Clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(0, fired.CurrentCount);
    }

    [Fact]
    public void The_clock_cannot_be_set_back_or_out_of_range()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.Clock.Advance(TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.Clock.Advance(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.Clock.Set(Emulator.Clock.GetUtcNow() - TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.Clock.Set(DateTimeOffset.MaxValue));
        Assert.Equal(TimeSpan.Zero, Emulator.Clock.Offset);
    }

    [Fact]
    public void A_timestamp_is_correct_over_the_whole_range_of_the_clock()
    {
        var timestamp = Emulator.Clock.GetTimestamp();

        Emulator.Clock.Advance(TimeSpan.FromDays(365_000));

        Assert.InRange(Emulator.Clock.GetElapsedTime(timestamp), TimeSpan.FromDays(365_000), TimeSpan.FromDays(365_001));
    }

    [Fact]
    public void A_reset_does_not_set_timestamps_back()
    {
        Emulator.Clock.Advance(TimeSpan.FromHours(1));
        var timestamp = Emulator.Clock.GetTimestamp();

        Emulator.Reset();

        Assert.InRange(Emulator.Clock.GetElapsedTime(timestamp), TimeSpan.Zero, TimeSpan.FromMinutes(30));
    }
}
