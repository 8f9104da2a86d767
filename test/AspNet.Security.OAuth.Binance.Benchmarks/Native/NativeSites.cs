using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// The smallest site with a login as native code: with the provider, and beside it with the recipe.
/// </summary>
internal static class NativeSites
{
    /// <summary>Publishes both, and takes each through whole logins, by turns.</summary>
    /// <param name="runs">How many logins of each count.</param>
    /// <param name="warmUps">How many logins of each go before those.</param>
    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(int runs, int warmUps)
    {
        var directory = Directory.CreateTempSubdirectory("native-");
        try
        {
            Dictionary<Contender, NativeSite> sites = new()
            {
                [Contender.Recipe] = await NativeSite.PublishAsync("Recipe", directory.FullName),
                [Contender.Ours] = await NativeSite.PublishAsync("Binance", directory.FullName),
            };
            var done = sites.ToDictionary(site => site.Key, _ => new List<NativeRun>());

            await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
            for (var round = 0; round < warmUps + runs; round++)
            {
                foreach (var (contender, site) in sites)
                {
                    done[contender].Add(await NativeRun.OfAsync(site, binance));
                }
            }

            return [.. sites.Keys.SelectMany(contender => Of(contender, sites[contender], [.. done[contender].Skip(warmUps)]))];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static IEnumerable<Measurement> Of(Contender contender, NativeSite site, NativeRun[] runs) =>
    [
        new(Names.Native, Names.Warnings, contender, site.Warnings),
        new(Names.Native, Names.FileBytes, contender, site.File.Length),
        new(Names.Native, Names.FirstChallenge, contender, Median.Of(runs.Select(run => run.FirstChallenge.TotalMilliseconds))),
        new(Names.Native, Names.ResidentBytes, contender, Median.Of(runs.Select(run => (double)run.ResidentBytes))),
    ];
}
