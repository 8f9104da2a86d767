using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// The browser returns from Binance with a code: token request, user-info request, ticket, cookie.
/// </summary>
public class CallbackBenchmarks : IDisposable
{
    private readonly InMemorySite _floor = new(Contender.Floor);
    private readonly InMemorySite _recipe = new(Contender.Recipe);
    private readonly InMemorySite _google = new(Contender.Google);
    private readonly InMemorySite _ours = new(Contender.Ours);

    [Benchmark(Baseline = true)]
    public int Recipe() => _recipe.Callback();

    [Benchmark]
    public int Google() => _google.Callback();

    [Benchmark]
    public int Floor() => _floor.Callback();

    [Benchmark]
    public int Ours() => _ours.Callback();

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
