using System.Text;
using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// The temporary file of a process that was killed during a write holds tokens, and is removed.
/// </summary>
public sealed class TemporaryFileTests : IDisposable
{
    // Files of others, with names that are almost that of a temporary file.
    private static readonly string[] _others =
    [
        "another.0123456789abcdef.tmp", "other.0123456789abcdef.tmp", "session-0123456789abcdef.tmp", "session.0123456789ABCDEF.tmp", "session.0123456789abcdef",
        "session.0123456789abcdef.bak", "session.0123456789abcdeg.tmp", "session.backup.tmp",
    ];

    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abandoned_temporary_file_is_removed_by_the_next_write_and_by_a_deletion(bool writes)
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        _folder.Plant("session.0123456789abcdef.tmp", Encoding.UTF8.GetBytes("a token"));
        Array.ForEach(_others, name => _folder.Plant(name, [1]));

        await (writes ? _folder.Store.WriteAsync("another", Cancellation) : _folder.Store.DeleteAsync(Cancellation));

        Assert.Equal(_others.Concat(writes ? ["session"] : []).Order(StringComparer.Ordinal), _folder.Names);
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

    [Fact]
    public async Task Temporary_file_of_a_write_has_the_name_of_one_that_is_removed()
    {
        var created = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var watcher = new FileSystemWatcher(_folder.Root, "*.tmp");
        watcher.Created += (_, file) => created.TrySetResult(file.Name);
        watcher.EnableRaisingEvents = true;

        await _folder.Store.WriteAsync("a session", Cancellation);

        Assert.Matches("^session\\.[0-9a-f]{16}\\.tmp$", await created.Task.WaitAsync(TestTimeout.Token));
    }

    // A directory takes the place of the session. A write that was renamed before that is repeated at another path.
    [Fact]
    public async Task Temporary_file_that_cannot_be_renamed_is_removed()
    {
        using var watcher = new FileSystemWatcher(_folder.Root, "*.tmp");
        watcher.Created += (_, file) => TryCreateDirectory(file.FullPath[..^".0123456789abcdef.tmp".Length]);
        watcher.EnableRaisingEvents = true;

        Exception? failure = null;
        for (var time = 0; time < 1000 && failure is null; time++)
        {
            var store = new FileTokenStore(_folder.PathOf($"session-{time}"));
            failure = await Record.ExceptionAsync(() => store.WriteAsync(new('x', 1_000_000), Cancellation).AsTask());
            if (failure is null)
            {
                await store.DeleteAsync(Cancellation);
            }
        }

        Assert.Equal(BinanceFailure.StoreUnavailable, Assert.IsType<BinanceAuthenticationException>(failure).Failure);
        Assert.Empty(Directory.GetFiles(_folder.Root, "*.tmp"));

        static void TryCreateDirectory(string path)
        {
            try
            {
                Directory.CreateDirectory(path);
            }
            catch (IOException)
            {
                // The session is there.
            }
        }
    }

    public void Dispose() => _folder.Dispose();
}
