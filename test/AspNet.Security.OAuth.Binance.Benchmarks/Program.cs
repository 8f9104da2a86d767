namespace AspNet.Security.OAuth.Binance.Benchmarks;

internal static class Program
{
    /// <summary>What <see cref="Timings"/> starts processes with.</summary>
    public const string Laps = "laps";

    private const string Help = """
        Without an argument: measures everything, and writes docs/performance.md and its picture anew.
        draw:   writes them anew from docs/performance.json.
        check:  fails if a goal is missed that comes out the same on every machine: bytes, never times.
        laps:   times the works in this one process, and writes the figures to the standard output.
        native: publishes the native sites, takes each through a login, and fails if ours gives a warning or is too large.
        """;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case []:
                var report = await Everything.MeasureAsync();
                report.Save(Document.ResultsFile);
                Document.Write(report);
                Tell(Goals.Of(report.Measurements));
                return 0;

            case [Laps]:
                await Console.Out.WriteLineAsync(Report.Write(await Benchmarks.Laps.RunAsync(Benchmarks.Laps.Usual)));
                return 0;

            case ["draw"]:
                Document.Write(Report.Load(Document.ResultsFile));
                return 0;

            case ["check"]:
                return Tell(Goals.Of([.. Everything.Exact()]).Where(goal => goal.WasMeasured)) ? 0 : 1;

            case ["native"]:
                var native = await NativeSites.MeasureAsync(runs: 1, warmUps: 0);
                return Tell(Goals.Of([.. native.Where(figure => figure.Unit is Names.Warnings or Names.FileBytes)]).Where(goal => goal.WasMeasured)) ? 0 : 1;

            default:
                await Console.Error.WriteLineAsync(Help);
                return 2;
        }
    }

    private static bool Tell(IEnumerable<Goal> goals)
    {
        var all = goals.ToArray();
        foreach (var goal in all)
        {
            Console.WriteLine(goal);
        }

        return all.All(goal => goal.IsMet);
    }
}
