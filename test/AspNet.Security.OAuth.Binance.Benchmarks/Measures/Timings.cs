using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Time and bytes of the works, by BenchmarkDotNet. In several short rounds instead of a long one, each of which has all contenders: a
/// machine that slows down for a while then slows all of them, and the median forgets it.
/// </summary>
internal static class Timings
{
    private const int Rounds = 7;

    public static IEnumerable<Measurement> Run()
    {
        var rounds = Enumerable.Range(1, Rounds).SelectMany(_ => Round()).ToArray();
        return rounds
            .GroupBy(measurement => (measurement.Work, measurement.Unit, measurement.Contender))
            .Select(group => new Measurement(group.Key.Work, group.Key.Unit, group.Key.Contender, Median(group.Select(measurement => measurement.Value))))
            .OrderBy(measurement => measurement.Work is Names.Challenge ? 0 : measurement.Work is Names.Callback ? 1 : 2);
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static IEnumerable<Measurement> Round()
    {
        (string Work, Type Benchmarks)[] works =
        [
            (Names.Challenge, typeof(ChallengeBenchmarks)),
            (Names.Callback, typeof(CallbackBenchmarks)),
            (Names.AuthenticatedRequest, typeof(AuthenticatedRequestBenchmarks)),
        ];
        foreach (var (work, benchmarks) in works)
        {
            foreach (var report in BenchmarkRunner.Run(benchmarks, Configuration()).Reports)
            {
                var contender = Enum.Parse<Contender>(report.BenchmarkCase.Descriptor.WorkloadMethod.Name);
                yield return new(work, Names.Nanoseconds, contender, report.ResultStatistics!.Median);
                yield return new(work, Names.Bytes, contender, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN);
            }
        }
    }

    private static ManualConfig Configuration() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(4)
            .WithIterationCount(10)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddExporter(JsonExporter.Brief)
        .AddLogger(ConsoleLogger.Default)
        .WithArtifactsPath(Path.Combine(Document.Folder, "..", "BenchmarkDotNet.Artifacts"));
}
