using System.Globalization;
using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// A process that is killed during a write leaves the old session or the new one, never a part.
/// </summary>
public sealed class KilledWriterTests : IDisposable
{
    private const int Kills = 15;

    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Session_is_whole_after_the_writer_was_killed_at_any_point()
    {
        var leftovers = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var process = await HelperProcess.StartAsync(Commands.Write, _folder.FilePath);
            await process.StartWorkAsync();
            string last;
            do
            {
                last = await process.ReadLineAsync();
            }
            while (Number(last) < kill);

            var number = Number((await process.KillAsync()).LastOrDefault() ?? last);

            // The session that it reported is written. It may have written the next one without reporting it.
            string[] expected = [Commands.SessionOf(number), Commands.SessionOf(number + 1)];
            Assert.Contains(await _folder.Store.ReadAsync(Cancellation), expected);
            leftovers += _folder.Leftovers.Length;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"Temporary files left behind by {Kills} kills: {leftovers}");
        await _folder.Store.WriteAsync("the next", Cancellation);
        Assert.Equal(["session"], _folder.Names);
    }

    public void Dispose() => _folder.Dispose();

    private static int Number(string line) => int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture);
}
