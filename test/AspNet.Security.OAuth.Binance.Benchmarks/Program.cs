using AspNet.Security.OAuth.Binance.Benchmarks.Emulators;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;
using AspNet.Security.OAuth.Binance.Benchmarks.Native;
using AspNet.Security.OAuth.Binance.Benchmarks.NativeClients;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

internal static class Program
{
    /// <summary>The argument that <see cref="Timings"/> starts processes with.</summary>
    public const string Laps = "laps";

    private const string Help = """
        Without an argument: measures everything and writes docs/performance.md and its picture. Needs a quiet machine.
        draw:   writes them from docs/performance.json.
        check:  measures what is the same on every machine (bytes, refresh calls, cache commands), and fails if a goal is missed.
        native: publishes the native sites and the console sample, signs in to each, and fails if a goal is missed.
        clients: compares clients for native applications, and writes the table of docs/native.md.
        emulators: measures the emulator's command beside oauth2-mock-server (npm), and writes the table of docs/emulator.md. Needs a quiet machine.
        laps:   times the works in this one process and writes the figures to the standard output.
        """;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case []:
                var report = await Everything.MeasureAsync();
                report.Save(Document.ResultsFile);
                Document.Write(report);
                Goal.Write(Goals.All(report.Measurements), Console.Out);
                return 0;

            case ["draw"]:
                Document.Write(Report.Load(Document.ResultsFile));
                return 0;

            case ["check"]:
                return Goal.Write(Goals.Exact(await Everything.ExactAsync()), Console.Out) ? 0 : 1;

            case ["native"]:
                return Goal.Write([.. Goals.Native(await NativeSites.MeasureAsync()), Goals.NativeConsole(await NativeConsole.CountWarningsAsync())], Console.Out) ? 0 : 1;

            case ["clients"]:
                await NativeClientComparison.WriteAsync();
                return 0;

            case ["emulators"]:
                await EmulatorComparison.WriteAsync();
                return 0;

            case [Laps]:
                await Console.Out.WriteLineAsync(Report.Write(await Measures.Laps.RunAsync(Measures.Laps.Usual)));
                return 0;

            default:
                await Console.Error.WriteLineAsync(Help);
                return 2;
        }
    }
}
