using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// A browser without a session is redirected to Binance.
/// </summary>
public class ChallengeBenchmarks : IDisposable
{
    private readonly InMemorySite _floor = new(Contender.Floor);
    private readonly InMemorySite _recipe = new(Contender.Recipe);
    private readonly InMemorySite _google = new(Contender.Google);
    private readonly InMemorySite _ours = new(Contender.Ours);

    [Benchmark(Baseline = true)]
    public int Recipe() => _recipe.Challenge();

    [Benchmark]
    public int Google() => _google.Challenge();

    [Benchmark]
    public int Floor() => _floor.Challenge();

    [Benchmark]
    public int Ours() => _ours.Challenge();

    [GlobalCleanup]
    public void Dispose()
    {
        _floor.Dispose();
        _recipe.Dispose();
        _google.Dispose();
        _ours.Dispose();
        GC.SuppressFinalize(this);
    }
}
