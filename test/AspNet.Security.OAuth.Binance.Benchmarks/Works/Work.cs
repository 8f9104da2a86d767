using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using BenchmarkDotNet.Attributes;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Works;

/// <summary>
/// A kind of request that is measured, and the contenders that handle it.
/// </summary>
internal sealed class Work : IDisposable
{
    /// <summary>The works, and the classes whose benchmarks are named after the contenders.</summary>
    public static readonly (string Name, Type Benchmarks)[] All =
    [
        (Names.Challenge, typeof(ChallengeBenchmarks)),
        (Names.Callback, typeof(CallbackBenchmarks)),
        (Names.AuthenticatedRequest, typeof(AuthenticatedRequestBenchmarks)),
    ];

    private readonly IDisposable _benchmarks;

    public Work(string name, Type benchmarks)
    {
        Name = name;
        _benchmarks = (IDisposable)Activator.CreateInstance(benchmarks)!;
        Calls = benchmarks.GetMethods()
            .Where(method => method.IsDefined(typeof(BenchmarkAttribute), inherit: false))
            .ToDictionary(method => Enum.Parse<Contender>(method.Name), method => method.CreateDelegate<Func<int>>(_benchmarks));
    }

    public string Name { get; }

    /// <summary>One request of each contender.</summary>
    public IReadOnlyDictionary<Contender, Func<int>> Calls { get; }

    public void Dispose() => _benchmarks.Dispose();
}
