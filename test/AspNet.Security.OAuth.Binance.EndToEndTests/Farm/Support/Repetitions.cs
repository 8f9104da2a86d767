namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The number of repetitions of a test of the farm: <c>FARM_REPETITIONS</c>.
/// </summary>
internal static class Repetitions
{
    private static readonly int? _chosen =
        int.TryParse(Environment.GetEnvironmentVariable("FARM_REPETITIONS"), out var chosen) ? chosen : null;

    /// <summary>Whether the tests are run for figures, with the default timeouts.</summary>
    public static bool AreWanted => _chosen is > 1;

    public static int Or(int usual) => _chosen ?? usual;

    /// <summary>Repeats each case.</summary>
    public static TheoryData<T, int> Of<T>(params T[] cases) => [.. All(cases)];

    /// <summary>Repeats each case.</summary>
    public static TheoryData<T1, T2, int> Of<T1, T2>(params (T1 First, T2 Second)[] cases)
        => [.. All(cases).Select(one => (one.Case.First, one.Case.Second, one.Repetition))];

    /// <summary>Repeats each case.</summary>
    public static TheoryData<T1, T2, T3, int> Of<T1, T2, T3>(params (T1 First, T2 Second, T3 Third)[] cases)
        => [.. All(cases).Select(one => (one.Case.First, one.Case.Second, one.Case.Third, one.Repetition))];

    private static IEnumerable<(T Case, int Repetition)> All<T>(T[] cases)
        => Enumerable.Range(1, Or(1)).SelectMany(repetition => cases.Select(one => (one, repetition)));
}
