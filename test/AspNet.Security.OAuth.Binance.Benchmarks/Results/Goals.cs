using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// All goals. Times in memory are reported and have none: they depend on the machine.
/// </summary>
internal static class Goals
{
    /// <summary>The goals of the document.</summary>
    public static IEnumerable<Goal> All(IReadOnlyCollection<Measurement> measurements)
        => [.. Exact(measurements), .. OverSockets(measurements), .. Native(measurements)];

    /// <summary>The goals for figures that are the same on every machine.</summary>
    public static IEnumerable<Goal> Exact(IReadOnlyCollection<Measurement> measurements) =>
    [
        ToRecipe(measurements, Names.Challenge, Names.Bytes, 1.10),
        ToRecipe(measurements, Names.Callback, Names.Bytes, 1.05),
        OverRecipe(measurements, Names.AuthenticatedRequest, 8),
        OverRecipe(measurements, Names.SessionCookie, 64),
        OnServer(measurements, Names.SessionCookie, Names.Bytes, 400),
        OnServer(measurements, Names.AuthenticatedRequest, Names.CacheCommands, 3),
        OnServer(measurements, Names.Refresh, Names.CacheCommands, 10),
        OnServer(measurements, Names.SignIn, Names.CacheCommands, 10),
        OnServer(measurements, Names.SignOut, Names.CacheCommands, 15),
        new(Names.Rush, Names.RefreshCalls, 1, false, Value(measurements, Names.Rush, Names.RefreshCalls, Contender.Ours), 0),
    ];

    /// <summary>The goals for the native site.</summary>
    public static IEnumerable<Goal> Native(IReadOnlyCollection<Measurement> measurements) =>
    [
        new(Names.Native, Names.Warnings, 0, false, Value(measurements, Names.Native, Names.Warnings, Contender.Ours), 0),
        ToRecipe(measurements, Names.Native, Names.FileBytes, 1.10),
        ToRecipe(measurements, Names.Native, Names.ResidentBytes, 1.10),
    ];

    /// <summary>The goal for the native console sample.</summary>
    public static Goal NativeConsole(int warnings) => new(Names.NativeConsole, Names.Warnings, 0, AtLeast: false, warnings, Decimals: 0);

    public static string NameOf(Contender contender) => contender switch
    {
        Contender.Floor => "floor",
        Contender.Recipe => "recipe",
        Contender.Google => "google",
        Contender.OnServer => "on the server",
        _ => "ours",
    };

    private static IEnumerable<Goal> OverSockets(IReadOnlyCollection<Measurement> measurements)
        => SignIns.Concurrencies.Select(concurrency => ToRecipe(measurements, Names.SignIns(concurrency), Names.SignInsPerSecond, 1.00, atLeast: true));

    private static Goal ToRecipe(IReadOnlyCollection<Measurement> measurements, string work, string unit, double limit, bool atLeast = false) => new(
        work,
        $"{(unit is Names.Bytes ? "bytes allocated" : unit)} / recipe",
        limit,
        atLeast,
        Value(measurements, work, unit, Contender.Ours) / Value(measurements, work, unit, Contender.Recipe));

    private static Goal OverRecipe(IReadOnlyCollection<Measurement> measurements, string work, double limit) => new(
        work,
        $"{(work is Names.SessionCookie ? "bytes" : "bytes allocated")} - recipe",
        limit,
        AtLeast: false,
        Value(measurements, work, Names.Bytes, Contender.Ours) - Value(measurements, work, Names.Bytes, Contender.Recipe),
        Decimals: 0);

    private static Goal OnServer(IReadOnlyCollection<Measurement> measurements, string work, string unit, double limit) => new(
        work,
        $"{(unit is Names.Bytes ? "bytes" : unit)}, session on the server",
        limit,
        AtLeast: false,
        Value(measurements, work, unit, Contender.OnServer),
        Decimals: 0);

    private static double Value(IReadOnlyCollection<Measurement> measurements, string work, string unit, Contender contender)
        => measurements.FirstOrDefault(m => m.Work == work && m.Unit == unit && m.Contender == contender)?.Value ?? double.NaN;
}
