using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// On Unix only the user has access to the files, and the store refuses files that other users can have created.
/// </summary>
public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    private readonly StoreFolder _folder = new();

    public PrivateFileTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_and_new_directories_are_for_their_owner_alone()
    {
        var store = new FileTokenStore(_folder.PathOf("a/b/session"));
        await using (await store.LockAsync(Cancellation))
        {
            await store.WriteAsync("a session", Cancellation);
        }

        Assert.Equal(OwnerDirectory, StoreFolder.ModeOf(_folder.PathOf("a")));
        Assert.Equal(OwnerDirectory, StoreFolder.ModeOf(_folder.PathOf("a/b")));
        Assert.Equal(OwnerFile, StoreFolder.ModeOf(store.FilePath));
        Assert.Equal(OwnerFile, StoreFolder.ModeOf(store.FilePath + ".lock"));
    }

    // With a mode that is set after the creation, others could open the file before (CWE-367).
    [Fact]
    public async Task Temporary_file_is_for_its_owner_alone_from_the_start()
    {
        UnixFileMode? mode = null;
        using var watcher = new FileSystemWatcher(_folder.Root);
        watcher.Created += (_, created) => mode ??= created.Name!.EndsWith(".tmp", StringComparison.Ordinal) ? ModeOrNull(created.FullPath) : null;
        watcher.EnableRaisingEvents = true;

        for (var time = 0; time < 1000 && mode is null; time++)
        {
            await _folder.Store.WriteAsync(new('x', 500_000), Cancellation);
        }

        Assert.Equal(OwnerFile, mode);

        // The file may have been renamed.
        static UnixFileMode? ModeOrNull(string path)
        {
            try
            {
                return StoreFolder.ModeOf(path);
            }
            catch (FileNotFoundException)
            {
                return null;
            }
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Session_that_others_may_read_or_write_is_refused(UnixFileMode others)
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        StoreFolder.SetMode(_folder.FilePath, OwnerFile | others);

        await AssertRefusedAsync(_folder.Store, "chmod 600");

        StoreFolder.SetMode(_folder.FilePath, OwnerFile);
        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Directory_that_others_may_write_to_is_refused()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        StoreFolder.SetMode(_folder.Root, OwnerDirectory | UnixFileMode.OtherWrite);

        await AssertRefusedAsync(_folder.Store, "chmod o-w");
        await AssertUnavailableAsync(() => _folder.Store.LockAsync(Cancellation).AsTask(), "chmod o-w");

        StoreFolder.SetMode(_folder.Root, OwnerDirectory | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Directory_that_others_may_write_to_is_refused_by_the_name_of_a_link_to_it()
    {
        var directory = Directory.CreateDirectory(_folder.PathOf("open"));
        StoreFolder.SetMode(directory.FullName, OwnerDirectory | UnixFileMode.OtherWrite);
        File.CreateSymbolicLink(_folder.PathOf("link"), directory.FullName);

        await AssertRefusedAsync(new(_folder.PathOf("link/session")), "chmod o-w");
    }

    [Theory]
    [InlineData("target")]
    [InlineData("missing")]
    public async Task Symbolic_link_is_refused_and_its_target_is_not_changed(string target)
    {
        await new FileTokenStore(_folder.PathOf("target")).WriteAsync("of another", Cancellation);
        var content = await File.ReadAllBytesAsync(_folder.PathOf("target"), Cancellation);
        File.CreateSymbolicLink(_folder.FilePath, _folder.PathOf(target));
        File.CreateSymbolicLink(_folder.FilePath + ".lock", _folder.PathOf(target));

        await AssertRefusedAsync(_folder.Store, "symbolic link");
        await AssertUnavailableAsync(() => _folder.Store.LockAsync(Cancellation).AsTask(), "symbolic link");

        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.PathOf("target"), Cancellation));
        Assert.Equal(["session", "session.lock", "target"], _folder.Names);
    }

    [Fact]
    public async Task Directory_at_the_path_is_refused()
    {
        Directory.CreateDirectory(_folder.FilePath);

        await AssertRefusedAsync(_folder.Store, "directory");
    }

    // Opening a pipe blocks until there is a writer.
    [Fact]
    public async Task Pipe_at_the_path_is_refused_without_waiting()
    {
        await MakePipeAsync(_folder.FilePath);

        await AssertRefusedAsync(_folder.Store, "not a regular file");
    }

    [Fact]
    public async Task Planted_pipe_or_link_with_the_name_of_a_temporary_file_is_not_used()
    {
        await MakePipeAsync(_folder.PathOf("session.0123456789abcdef.tmp"));
        await new FileTokenStore(_folder.PathOf("target")).WriteAsync("of another", Cancellation);
        File.CreateSymbolicLink(_folder.PathOf("session.fedcba9876543210.tmp"), _folder.PathOf("target"));

        await _folder.Store.WriteAsync("a session", Cancellation).AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancellation);

        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
        Assert.Equal("of another", await new FileTokenStore(_folder.PathOf("target")).ReadAsync(Cancellation));
        Assert.Empty(_folder.Leftovers);
    }

    [Fact]
    public async Task Planted_link_to_a_missing_file_with_the_name_of_a_temporary_file_does_not_prevent_a_write()
    {
        File.CreateSymbolicLink(_folder.PathOf("session.0123456789abcdef.tmp"), _folder.PathOf("missing"));

        await _folder.Store.WriteAsync("a session", Cancellation);

        Assert.Equal("a session", await _folder.Store.ReadAsync(Cancellation));
        Assert.False(File.Exists(_folder.PathOf("missing")));
    }

    public void Dispose() => _folder.Dispose();

    private static async Task MakePipeAsync(string path)
    {
        var made = await FinishedProcess.OfAsync(new("mkfifo", ["-m", "600", path]), TimeSpan.FromSeconds(30));
        Assert.Equal(0, made.ExitCode);
    }

    private static async Task AssertRefusedAsync(FileTokenStore store, string advice)
    {
        await AssertUnavailableAsync(() => store.ReadAsync(Cancellation).AsTask(), advice);
        await AssertUnavailableAsync(() => store.WriteAsync("another session", Cancellation).AsTask(), advice);
        await AssertUnavailableAsync(() => store.DeleteAsync(Cancellation).AsTask(), advice);
    }

    private static async Task AssertUnavailableAsync(Func<Task> operation, string advice)
    {
        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => operation().WaitAsync(TimeSpan.FromSeconds(30), Cancellation));
        Assert.Equal(BinanceFailure.StoreUnavailable, exception.Failure);
        Assert.Contains(advice, exception.Message, StringComparison.Ordinal);
    }
}
