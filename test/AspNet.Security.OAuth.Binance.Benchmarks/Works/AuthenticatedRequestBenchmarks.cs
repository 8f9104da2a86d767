using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// A request with a session whose access token is not due for a refresh. All contenders whose
/// session is in the cookie get the same cookie.
/// </summary>
public class AuthenticatedRequestBenchmarks : IDisposable
{
    private readonly InMemorySite _recipe;
    private readonly InMemorySite _google;
    private readonly InMemorySite _ours = new(Contender.Ours);
    private readonly InMemorySite _onServer = new(Contender.OnServer);

    public AuthenticatedRequestBenchmarks()
    {
        _recipe = new(Contender.Recipe, _ours.SessionCookie);
        _google = new(Contender.Google, _ours.SessionCookie);
    }

    [Benchmark(Baseline = true)]
    public int Recipe() => _recipe.AuthenticatedRequest();

    [Benchmark]
    public int Google() => _google.AuthenticatedRequest();

    [Benchmark]
    public int Ours() => _ours.AuthenticatedRequest();

    [Benchmark]
    public int OnServer() => _onServer.AuthenticatedRequest();

    [GlobalCleanup]
    public void Dispose()
    {
        _recipe.Dispose();
        _google.Dispose();
        _ours.Dispose();
        _onServer.Dispose();
        GC.SuppressFinalize(this);
    }
}
