using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// The content and the path of a file store.
/// </summary>
public sealed class FileTokenStoreTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Sessions => ["", "{}", "Zeile\r\nZeile\n", "ğüş 🙂 \u0000 \uFEFF \u2028", new string('x', 500_000)];

    [Theory]
    [MemberData(nameof(Sessions))]
    public async Task Session_is_read_as_it_was_written(string session)
    {
        await _folder.Store.WriteAsync(session, Cancellation);

        Assert.Equal(session, await new FileTokenStore(_folder.FilePath).ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Last_session_that_was_written_is_the_one_that_is_read()
    {
        await _folder.Store.WriteAsync("the first, which is longer", Cancellation);
        await _folder.Store.WriteAsync("the second", Cancellation);

        Assert.Equal("the second", await _folder.Store.ReadAsync(Cancellation));
        Assert.Equal(["session"], _folder.Names);
    }

    [Fact]
    public async Task There_is_no_session_before_the_first_write_and_after_a_deletion()
    {
        Assert.Null(await _folder.Store.ReadAsync(Cancellation));
        await _folder.Store.DeleteAsync(Cancellation);

        await _folder.Store.WriteAsync("a session", Cancellation);
        await _folder.Store.DeleteAsync(Cancellation);

        Assert.Null(await _folder.Store.ReadAsync(Cancellation));
        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Reading_and_deleting_nothing_creates_nothing()
    {
        var store = new FileTokenStore(_folder.PathOf("missing/session"));

        Assert.Null(await store.ReadAsync(Cancellation));
        await store.DeleteAsync(Cancellation);

        Assert.Empty(_folder.Names);
    }

    [Fact]
    public async Task Missing_directory_is_created_by_a_write()
    {
        var store = new FileTokenStore(_folder.PathOf("a/b/session"));

        await store.WriteAsync("a session", Cancellation);

        Assert.Equal("a session", await store.ReadAsync(Cancellation));
    }

    // A megabyte with the line before it, which is as long for each session.
    [Fact]
    public async Task Largest_session_is_read_as_it_was_written()
    {
        await _folder.Store.WriteAsync("x", Cancellation);
        var largest = new string('x', (1024 * 1024) - (int)new FileInfo(_folder.FilePath).Length + 1);

        await _folder.Store.WriteAsync(largest, Cancellation);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _folder.Store.WriteAsync(largest + "x", Cancellation).AsTask());

        Assert.Equal(largest, await _folder.Store.ReadAsync(Cancellation));
    }

    [Theory]
    [InlineData("with blank/öturum 🙂 *?[a]")]
    [InlineData("a/b/c/session")]
    public async Task Path_may_have_any_name_and_directories_that_are_missing(string name)
    {
        var store = new FileTokenStore(_folder.PathOf(name));
        await using (await store.LockAsync(Cancellation))
        {
            await store.WriteAsync("a session", Cancellation);
        }

        Assert.Equal("a session", await store.ReadAsync(Cancellation));
        Assert.Equal(_folder.PathOf(name), store.FilePath);
        Assert.True(File.Exists(store.FilePath));
    }

    [Fact]
    public void Relative_path_is_resolved_when_the_store_is_created()
        => Assert.Equal(Path.Combine(Directory.GetCurrentDirectory(), "session"), new FileTokenStore(Path.Combine("x", "..", "session")).FilePath);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("directory/")]
    [InlineData("/")]
    public void Path_of_no_file_is_refused(string? path) => Assert.ThrowsAny<ArgumentException>(() => new FileTokenStore(path!));

    [Fact]
    public async Task Session_that_could_not_be_read_again_is_not_written()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);

        await Assert.ThrowsAsync<ArgumentNullException>(() => _folder.Store.WriteAsync(null!, Cancellation).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _folder.Store.WriteAsync("half of a pair: \uD83D", Cancellation).AsTask());
        await Assert.ThrowsAnyAsync<ArgumentException>(() => _folder.Store.WriteAsync(new('x', 1024 * 1024), Cancellation).AsTask());

        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
        Assert.Equal(["session"], _folder.Names);
    }

    [Fact]
    public async Task Cancelled_call_does_nothing()
    {
        var cancelled = new CancellationToken(canceled: true);
        await _folder.Store.WriteAsync("a session", Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folder.Store.ReadAsync(cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folder.Store.WriteAsync("another", cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folder.Store.DeleteAsync(cancelled).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _folder.Store.LockAsync(cancelled).AsTask());

        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Readers_and_writers_at_once_see_whole_sessions()
    {
        string[] sessions = [.. Enumerable.Range(0, 8).Select(number => new string((char)('a' + number), 1000 + (number * 10_000)))];
        await _folder.Store.WriteAsync(sessions[0], Cancellation);

        var writers = sessions.Select(async session =>
        {
            for (var time = 0; time < 10; time++)
            {
                await _folder.Store.WriteAsync(session, Cancellation);
            }
        });
        var readers = sessions.Select(async _ =>
        {
            for (var time = 0; time < 20; time++)
            {
                Assert.Contains(await _folder.Store.ReadAsync(Cancellation), sessions);
            }
        });
        await Task.WhenAll([.. writers, .. readers]);

        Assert.Equal(["session"], _folder.Names);
    }

    public void Dispose() => _folder.Dispose();
}
