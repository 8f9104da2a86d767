namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// The goals, in one place: for the document, and for the check that holds them.
/// </summary>
internal static class Goals
{
    public static IReadOnlyList<Goal> Of(IReadOnlyCollection<Measurement> measurements)
    {
        return
        [
            Ratio(Names.Challenge, Names.Bytes, Contender.Recipe, 0.90),
            Ratio(Names.Challenge, Names.Nanoseconds, Contender.Recipe, 1.00),
            Ratio(Names.Callback, Names.Bytes, Contender.Recipe, 0.88),
            Ratio(Names.Callback, Names.Bytes, Contender.Floor, 1.10),
            Ratio(Names.Callback, Names.Nanoseconds, Contender.Recipe, 1.00),
            new(Names.AuthenticatedRequest, "bytes over a plain cookie beside the recipe", 0, false, Over(Names.AuthenticatedRequest, Contender.Recipe), 0),
            Ratio(Names.AuthenticatedRequest, Names.Nanoseconds, Contender.Recipe, 1.02),
            new(Names.AuthenticatedRequest, "bytes over a plain cookie and no login at all", 200, false, Over(Names.AuthenticatedRequest, Contender.PlainCookie), 0),
            Ratio(Names.AuthenticatedRequest, Names.Nanoseconds, Contender.PlainCookie, 1.02),
            new(Names.Rush, "refresh calls", 1, false, Value(Names.Rush, Names.RefreshCalls, Contender.Ours), 0),
            new(Names.Rush, "time / that of one request that refreshes", 1.5, false, Value(Names.Rush, Names.OfOneRefresh, Contender.Ours)),
            .. SignIns.AtOnce.Select(atOnce => Ratio(Names.SignIns(atOnce), Names.SignInsPerSecond, Contender.Recipe, 1.00, atLeast: true)),
            new(Names.SignIns(64), "sign-ins per second / those of 8 at once", 1.00, true, Of64To8()),
            new(Names.Pending, "bytes kept for each", 0, false, Value(Names.Pending, Names.Bytes, Contender.Ours), 0),
            new(Names.SessionCookie, "bytes over the recipe's", 0, false, Over(Names.SessionCookie, Contender.Recipe), 0),
            new(Names.AuthorizeUrl, "bytes over the recipe's", 0, false, Over(Names.AuthorizeUrl, Contender.Recipe), 0),
            new(Names.Native, Names.Warnings, 0, false, Value(Names.Native, Names.Warnings, Contender.Ours), 0),
            Ratio(Names.Native, Names.FileBytes, Contender.Recipe, 1.05),
            Ratio(Names.Native, Names.FirstChallenge, Contender.Recipe, 1.05),
            Ratio(Names.Native, Names.ResidentBytes, Contender.Recipe, 1.05),
        ];

        double Value(string work, string unit, Contender contender)
            => measurements.FirstOrDefault(m => m.Work == work && m.Unit == unit && m.Contender == contender)?.Value ?? double.NaN;

        Goal Ratio(string work, string unit, Contender other, double limit, bool atLeast = false) => new(
            work,
            $"{(unit is Names.Bytes ? "bytes allocated" : unit is Names.Nanoseconds ? "time" : unit)} / {NameOf(other)}",
            limit,
            atLeast,
            Value(work, unit, Contender.Ours) / Value(work, unit, other));

        double Over(string work, Contender other) => Value(work, Names.Bytes, Contender.Ours) - Value(work, Names.Bytes, other);

        double Of64To8() => Value(Names.SignIns(64), Names.SignInsPerSecond, Contender.Ours) / Value(Names.SignIns(8), Names.SignInsPerSecond, Contender.Ours);
    }

    public static string NameOf(Contender contender) => contender switch
    {
        Contender.PlainCookie => "no login",
        Contender.Floor => "floor",
        Contender.Recipe => "recipe",
        Contender.Google => "google",
        _ => "ours",
    };
}
