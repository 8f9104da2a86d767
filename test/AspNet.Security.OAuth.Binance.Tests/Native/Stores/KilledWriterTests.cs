using System.Globalization;
using System.Text;
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abandoned_temporary_file_is_removed_by_the_next_write_and_by_a_deletion(bool writes)
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        _folder.Plant("session.0123456789abcdef.tmp", Encoding.UTF8.GetBytes("a token"));
        string[] others = ["other.0123456789abcdef.tmp", "session.0123456789ABCDEF.tmp", "session.0123456789abcdef", "session.backup.tmp"];
        Array.ForEach(others, name => _folder.Plant(name, [1]));

        await (writes ? _folder.Store.WriteAsync("another", Cancellation) : _folder.Store.DeleteAsync(Cancellation));

        Assert.Equal(writes ? [others[0], "session", .. others[1..]] : others, _folder.Names);
    }

    [Fact]
    public async Task Temporary_file_is_removed_with_a_session_that_is_not_there()
    {
        _folder.Plant("session.0123456789abcdef.tmp", Encoding.UTF8.GetBytes("a token"));

        await _folder.Store.DeleteAsync(Cancellation);

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Temporary_file_that_a_writer_has_open_is_not_removed()
    {
        _folder.Plant("session.0123456789abcdef.tmp", [1]);
        using var open = new FileStream(_folder.PathOf("session.0123456789abcdef.tmp"), FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

        await _folder.Store.WriteAsync("a session", Cancellation);

        Assert.Single(_folder.Leftovers);
    }

    public void Dispose() => _folder.Dispose();

    private static int Number(string line) => int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture);
}
