using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Native;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Benchmarks.Works;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Measures;

/// <summary>
/// All figures of one run.
/// </summary>
internal static class Everything
{
    private const int SignInRounds = 24;
    private const int SignInsPerRound = 200;
    private const int RushRounds = 5;
    private const int ConcurrentRequests = 1_000;

    public static async Task<Report> MeasureAsync()
    {
        var (bytes, times) = (Bytes.Run().ToArray(), await Timings.RunAsync());
        List<Measurement> measurements = [.. Work.All.SelectMany(work => times.Concat(bytes).Where(measurement => measurement.Work == work.Name))];
        measurements.AddRange(SessionCookies());
        measurements.AddRange(await Refreshes.RunAsync(Refreshes.Usual));
        measurements.AddRange(await CacheCommands.CountAsync());
        measurements.Add(await RushAsync());
        measurements.AddRange(await SignInsAsync());
        measurements.AddRange(await NativeSites.MeasureAsync());
        return new(Machine.Here(), measurements);
    }

    /// <summary>Measures the figures of <see cref="Goals.Exact"/>.</summary>
    public static async Task<IReadOnlyCollection<Measurement>> ExactAsync()
    {
        List<Measurement> measurements = [.. SessionCookies(), .. await CacheCommands.CountAsync(), await RushAsync()];
        foreach (var (name, benchmarks) in Work.All)
        {
            using var work = new Work(name, benchmarks);
            foreach (var contender in (Contender[])[Contender.Recipe, Contender.Ours])
            {
                measurements.Add(new(name, Names.Bytes, contender, Allocations.PerCall(work.Calls[contender])));
            }
        }

        return measurements;
    }

    private static IEnumerable<Measurement> SessionCookies()
    {
        foreach (var contender in (Contender[])[Contender.Recipe, Contender.Google, Contender.Ours, Contender.OnServer])
        {
            using var site = new InMemorySite(contender);
            yield return new(Names.SessionCookie, Names.Bytes, contender, site.SessionCookie.Length);
        }
    }

    private static async Task<Measurement> RushAsync()
    {
        var calls = 0;
        for (var round = 0; round < RushRounds; round++)
        {
            calls = Math.Max(calls, await ConcurrentRefresh.RunAsync(ConcurrentRequests, ConcurrentRefresh.UsualResponseTime));
        }

        return new(Names.Rush, Names.RefreshCalls, Contender.Ours, calls);
    }

    private static async Task<IEnumerable<Measurement>> SignInsAsync()
    {
        await using var emulator = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
        await using var recipe = await SignIns.StartAsync(Contender.Recipe, emulator);
        await using var google = await SignIns.StartAsync(Contender.Google, emulator);
        await using var ours = await SignIns.StartAsync(Contender.Ours, emulator);
        (Contender Contender, SignIns Load)[] contenders = [(Contender.Recipe, recipe), (Contender.Google, google), (Contender.Ours, ours)];

        // Short rounds of every contender and every concurrency, in turn: a machine that is shared with others changes its speed within seconds.
        List<Measurement> rounds = [];
        for (var round = 0; round <= SignInRounds; round++)
        {
            foreach (var concurrency in SignIns.Concurrencies)
            {
                foreach (var (contender, load) in round % 2 == 0 ? contenders : contenders.Reverse())
                {
                    rounds.Add(new(Names.SignIns(concurrency), Names.SignInsPerSecond, contender, await load.RunAsync(concurrency, SignInsPerRound)));
                }
            }
        }

        // In the first round the runtime still compiles.
        return rounds
            .Skip(contenders.Length * SignIns.Concurrencies.Length)
            .GroupBy(measurement => (measurement.Work, measurement.Unit, measurement.Contender))
            .Select(group => new Measurement(group.Key.Work, group.Key.Unit, group.Key.Contender, Median.Of(group.Select(measurement => measurement.Value))));
    }
}
