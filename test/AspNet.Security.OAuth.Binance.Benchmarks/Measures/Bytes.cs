using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// Bytes that the works allocate, by BenchmarkDotNet. Its times stay in its own report: it runs one contender after the other, and then
/// runs differ by more than contenders (<see cref="Laps"/>).
/// </summary>
internal static class Bytes
{
    public static IEnumerable<Measurement> Run()
    {
        foreach (var (work, benchmarks) in Work.All)
        {
            foreach (var report in BenchmarkRunner.Run(benchmarks, Configuration()).Reports)
            {
                var contender = Enum.Parse<Contender>(report.BenchmarkCase.Descriptor.WorkloadMethod.Name);
                yield return new(work, Names.Bytes, contender, report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? double.NaN);
            }
        }
    }

    private static ManualConfig Configuration() => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(30)
            .WithIterationCount(10)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddExporter(JsonExporter.Brief)
        .AddLogger(ConsoleLogger.Default)
        .WithArtifactsPath(Path.Combine(Document.Folder, "..", "BenchmarkDotNet.Artifacts"));
}
