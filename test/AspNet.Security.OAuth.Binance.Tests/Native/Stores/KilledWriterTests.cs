using System.Globalization;
using System.Text;
using AspNet.Security.OAuth.Binance.NativeProcess;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// A process that is killed while it writes leaves the session before or the new one, never a part of either.
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
            await using var process = await StoreProcess.StartAsync(Commands.Write, _folder.FilePath);
            await process.GoAsync();
            string last;
            do
            {
                last = await process.ReadLineAsync();
            }
            while (Number(last) < kill);

            var number = Number((await process.KillAsync()).LastOrDefault() ?? last);

            // What it said is written. It may have written one more and not said so.
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
    public async Task Temporary_file_that_was_left_behind_is_removed_by_the_next_write_and_by_a_deletion(bool writes)
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
    public async Task Temporary_file_that_a_writer_has_open_is_left_to_it()
    {
        _folder.Plant("session.0123456789abcdef.tmp", [1]);
        using var open = new FileStream(_folder.PathOf("session.0123456789abcdef.tmp"), FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

        await _folder.Store.WriteAsync("a session", Cancellation);

        Assert.Single(_folder.Leftovers);
    }

    public void Dispose() => _folder.Dispose();

    private static int Number(string line) => int.Parse(line, NumberStyles.None, CultureInfo.InvariantCulture);
}
