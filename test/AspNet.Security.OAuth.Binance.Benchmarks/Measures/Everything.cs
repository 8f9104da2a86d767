using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// All figures of one run.
/// </summary>
internal static class Everything
{
    private const int SignInRounds = 24;
    private const int SignInsOfARound = 200;
    private const int RushWarmUps = 12;
    private const int RushRounds = 15;
    private const int Rushers = 1_000;
    private const int NativeRuns = 21;
    private const int PendingBatches = 10;
    private const int PendingBatch = 100_000;

    public static async Task<Report> MeasureAsync()
    {
        var (bytes, times) = (Bytes.Run().ToArray(), await Timings.RunAsync());
        List<Measurement> measurements = [.. Work.All.SelectMany(work => times.Concat(bytes).Where(measurement => measurement.Work == work.Name))];
        measurements.AddRange(await QuestionAsync());
        measurements.AddRange(await RushAsync());
        measurements.AddRange(await SignInsAsync());
        measurements.AddRange(Pending());
        measurements.AddRange(Sizes());
        measurements.AddRange(await NativeSites.MeasureAsync(NativeRuns, warmUps: 2));
        return new(Machine.Here(), measurements);
    }

    /// <summary>What does not change from run to run, and can be held by a check.</summary>
    public static IEnumerable<Measurement> Exact()
    {
        foreach (var (name, benchmarks) in Work.All)
        {
            using var work = new Work(name, benchmarks);
            foreach (var (contender, call) in work.Calls.Where(call => call.Key is not (Contender.PlainCookie or Contender.Google)))
            {
                yield return new(name, Names.Bytes, contender, Allocations.PerCall(call));
            }
        }

        foreach (var size in Sizes())
        {
            yield return size;
        }
    }

    private static IEnumerable<Measurement> Sizes()
    {
        foreach (var contender in (Contender[])[Contender.Recipe, Contender.Google, Contender.Ours])
        {
            using var site = new InMemorySite(contender);
            yield return new(Names.SessionCookie, Names.Bytes, contender, site.SessionCookie.Length);
            yield return new(Names.AuthorizeUrl, Names.Bytes, contender, site.AuthorizeUrl.Length);
        }
    }

    private static async Task<IEnumerable<Measurement>> QuestionAsync()
        => [.. await Question.MeasureAsync(Contender.Recipe), .. await Question.MeasureAsync(Contender.Google), .. await Question.MeasureAsync(Contender.Ours)];

    private static async Task<IEnumerable<Measurement>> RushAsync()
    {
        var (calls, times) = (0, new List<double>());
        for (var round = 0; round < RushWarmUps + RushRounds; round++)
        {
            var (_, alone) = await RefreshRush.RunAsync(1, RefreshRush.AnswerTime);
            var (made, together) = await RefreshRush.RunAsync(Rushers, RefreshRush.AnswerTime);
            calls = Math.Max(calls, made);
            times.Add(together / alone);
        }

        // The first rounds compile.
        return
        [
            new(Names.Rush, Names.RefreshCalls, Contender.Ours, calls),
            new(Names.Rush, Names.OfOneRefresh, Contender.Ours, Median.Of(times.Skip(RushWarmUps))),
        ];
    }

    private static async Task<IEnumerable<Measurement>> SignInsAsync()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
        await using var recipe = await SignIns.StartAsync(Contender.Recipe, emulator);
        await using var google = await SignIns.StartAsync(Contender.Google, emulator);
        await using var ours = await SignIns.StartAsync(Contender.Ours, emulator);
        (Contender Contender, SignIns Load)[] contenders = [(Contender.Recipe, recipe), (Contender.Google, google), (Contender.Ours, ours)];

        // In turn, each a little, and all numbers of browsers in each turn: for the same reason as Laps.
        List<Measurement> rounds = [];
        for (var round = 0; round <= SignInRounds; round++)
        {
            foreach (var atOnce in SignIns.AtOnce)
            {
                foreach (var (contender, load) in round % 2 == 0 ? contenders : contenders.Reverse())
                {
                    rounds.Add(new(Names.SignIns(atOnce), Names.SignInsPerSecond, contender, await load.RunAsync(atOnce, SignInsOfARound)));
                }
            }
        }

        // The first round compiles.
        return rounds
            .Skip(contenders.Length * SignIns.AtOnce.Length)
            .GroupBy(measurement => (measurement.Work, measurement.Unit, measurement.Contender))
            .Select(group => new Measurement(group.Key.Work, group.Key.Unit, group.Key.Contender, Median.Of(group.Select(measurement => measurement.Value))));
    }

    private static IEnumerable<Measurement> Pending()
        => ((Contender[])[Contender.Recipe, Contender.Ours])
            .Select(contender => new Measurement(Names.Pending, Names.Bytes, contender, PendingLogins.Kept(contender, PendingBatches, PendingBatch)));
}
