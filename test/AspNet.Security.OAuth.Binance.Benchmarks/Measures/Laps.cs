using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Times the works in laps of a few milliseconds. Each lap runs all contenders in random order and compares them with the recipe of that
/// lap, because the speed of a shared machine changes within seconds, and then for all contenders.
/// </summary>
internal static class Laps
{
    /// <summary>Long enough for tiered compilation to finish: in the first seconds a callback becomes several times as fast.</summary>
    public static readonly Length Usual = new(WarmUp: 2_000, Pause: TimeSpan.FromSeconds(1), Laps: 2_000, Calls: 20);

    /// <summary>Times all works.</summary>
    /// <returns>For each contender the median of its ratios to the recipe, times the recipe's median.</returns>
    public static async Task<IReadOnlyList<Measurement>> RunAsync(Length length)
    {
        List<Measurement> measurements = [];
        foreach (var (name, benchmarks) in Work.All)
        {
            using var work = new Work(name, benchmarks);
            Drive(work, length with { Laps = length.WarmUp / 2 });
            await Task.Delay(length.Pause, TimeProvider.System);
            Drive(work, length with { Laps = length.WarmUp / 2 });
            await Task.Delay(length.Pause, TimeProvider.System);

            var times = Drive(work, length);
            var recipe = times[Contender.Recipe];
            var unit = Median.Of(recipe);
            foreach (var contender in work.Calls.Keys)
            {
                var ratio = Median.Of(times[contender].Zip(recipe, (time, other) => time / other));
                measurements.Add(new(work.Name, Names.Nanoseconds, contender, ratio * unit));
            }
        }

        return measurements;
    }

    private static Dictionary<Contender, double[]> Drive(Work work, Length length)
    {
        var times = work.Calls.Keys.ToDictionary(contender => contender, _ => new double[length.Laps]);
        var order = work.Calls.Keys.ToArray();
        for (var lap = 0; lap < length.Laps; lap++)
        {
            Random.Shared.Shuffle(order);
            foreach (var contender in order)
            {
                var call = work.Calls[contender];
                var start = Stopwatch.GetTimestamp();
                for (var i = 0; i < length.Calls; i++)
                {
                    call();
                }

                times[contender][lap] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / length.Calls;
            }
        }

        return times;
    }

    /// <param name="WarmUp">Laps that are not timed.</param>
    /// <param name="Pause">Time for tiered compilation, after each half of those.</param>
    /// <param name="Laps">Laps that are timed.</param>
    /// <param name="Calls">Calls of each contender in a lap.</param>
    internal sealed record Length(int WarmUp, TimeSpan Pause, int Laps, int Calls);
}
