using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Times of the works from several processes, because the layout of compiled code differs between processes.
/// </summary>
internal static class Timings
{
    private const int Processes = 5;

    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);

    public static async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        List<IReadOnlyList<Measurement>> runs = [];
        for (var i = 1; i <= Processes; i++)
        {
            runs.Add(await RunOnceAsync());
            Console.WriteLine($"Timed the works in process {i} of {Processes}.");
        }

        return [.. Combine(runs)];
    }

    /// <returns>The medians and their spread, both of the ratios to the recipe of the same run.</returns>
    public static IEnumerable<Measurement> Combine(IReadOnlyCollection<IReadOnlyList<Measurement>> runs)
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
        // Starts the same program: its own executable, or dotnet with the assembly.
        var program = Environment.ProcessPath!;
        var isDotnet = Path.GetFileNameWithoutExtension(program) == "dotnet";
        string[] arguments = isDotnet ? [typeof(Timings).Assembly.Location, Program.Laps] : [Program.Laps];
        using var limit = new CancellationTokenSource(_longest, TimeProvider.System);
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        try
        {
            var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode is 0
                ? Report.ReadMeasurements(output)
                : throw new InvalidOperationException($"The process that timed the works ended with {process.ExitCode}.");
        }
        finally
        {
            process.Kill();
        }
    }
}
