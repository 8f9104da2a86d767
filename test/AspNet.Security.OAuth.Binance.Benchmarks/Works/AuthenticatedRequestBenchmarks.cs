using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// A visitor with a session asks for a page. The access token is fresh, as it is nearly always. All are sent the same cookie.
/// </summary>
public class AuthenticatedRequestBenchmarks : IDisposable
{
    private readonly InMemorySite _plainCookie;
    private readonly InMemorySite _recipe;
    private readonly InMemorySite _google;
    private readonly InMemorySite _ours = new(Contender.Ours);

    public AuthenticatedRequestBenchmarks()
    {
        _plainCookie = new(Contender.PlainCookie, _ours.SessionCookie);
        _recipe = new(Contender.Recipe, _ours.SessionCookie);
        _google = new(Contender.Google, _ours.SessionCookie);
    }

    [Benchmark(Baseline = true)]
    public int PlainCookie() => _plainCookie.AuthenticatedRequest();

    [Benchmark]
    public int Recipe() => _recipe.AuthenticatedRequest();

    [Benchmark]
    public int Google() => _google.AuthenticatedRequest();

    [Benchmark]
    public int Ours() => _ours.AuthenticatedRequest();

    [GlobalCleanup]
    public void Dispose()
    {
        _plainCookie.Dispose();
        _recipe.Dispose();
        _google.Dispose();
        _ours.Dispose();
        GC.SuppressFinalize(this);
    }
}
