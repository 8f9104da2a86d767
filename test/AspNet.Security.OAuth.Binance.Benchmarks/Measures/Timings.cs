using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Times of the works, from several processes: each has its own luck with where the runtime puts code.
/// </summary>
internal static class Timings
{
    private const int Processes = 7;

    public static async Task<IEnumerable<Measurement>> RunAsync()
    {
        List<IReadOnlyList<Measurement>> runs = [];
        for (var i = 1; i <= Processes; i++)
        {
            runs.Add(await RunOnceAsync());
            Console.WriteLine($"Times of {i} of {Processes} processes are there.");
        }

        return Together(runs);
    }

    /// <returns>The medians, and how far the runs lie from each other. As in a run, all is relative to the recipe.</returns>
    public static IEnumerable<Measurement> Together(IReadOnlyCollection<IReadOnlyList<Measurement>> runs)
    {
        foreach (var one in runs.First())
        {
            var recipe = Median.Of(runs.Select(run => Value(run, one.Work, Contender.Recipe)));
            var ratios = runs.Select(run => Value(run, one.Work, one.Contender) / Value(run, one.Work, Contender.Recipe)).ToArray();
            var median = Median.Of(ratios);
            yield return one with { Value = median * recipe, Spread = (ratios.Max() - ratios.Min()) / 2 / median };
        }
    }

    private static double Value(IReadOnlyList<Measurement> run, string work, Contender contender)
        => run.Single(measurement => measurement.Work == work && measurement.Contender == contender).Value;

    private static async Task<IReadOnlyList<Measurement>> RunOnceAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(Timings).Assembly.Location, Program.Laps]) { RedirectStandardOutput = true })!;
        try
        {
            var measurements = Report.ReadMeasurements(await process.StandardOutput.ReadToEndAsync());
            await process.WaitForExitAsync();
            return measurements;
        }
        finally
        {
            process.Kill();
        }
    }
}
