using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// The smallest site with a login as native code, with the provider and with the recipe.
/// </summary>
internal static class NativeSites
{
    private const int Runs = 7;

    /// <summary>Publishes both, and runs each several times, in turn.</summary>
    public static async Task<IReadOnlyCollection<Measurement>> MeasureAsync()
    {
        var directory = Directory.CreateTempSubdirectory("native-");
        try
        {
            var recipe = await NativeSite.PublishAsync("Recipe", directory.FullName);
            var ours = await NativeSite.PublishAsync("Binance", directory.FullName);
            List<double> recipeResident = [], oursResident = [];

            await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
            for (var run = 0; run < Runs; run++)
            {
                recipeResident.Add(await NativeRun.ResidentBytesAsync(recipe, binance));
                oursResident.Add(await NativeRun.ResidentBytesAsync(ours, binance));
            }

            return
            [
                new(Names.Native, Names.Warnings, Contender.Ours, ours.Warnings),
                new(Names.Native, Names.FileBytes, Contender.Recipe, recipe.File.Length),
                new(Names.Native, Names.FileBytes, Contender.Ours, ours.File.Length),
                new(Names.Native, Names.ResidentBytes, Contender.Recipe, Median.Of(recipeResident)),
                new(Names.Native, Names.ResidentBytes, Contender.Ours, Median.Of(oursResident)),
            ];
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
