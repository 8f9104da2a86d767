using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// Errors of the file system are failures of the store with their reason.
/// </summary>
public sealed class StoreErrorTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Directory_that_cannot_be_created_is_named_with_the_system_s_reason()
    {
        _folder.Plant("file", [1]);
        var store = new FileTokenStore(_folder.PathOf("file/below/session"));

        var written = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => store.WriteAsync("a session", Cancellation).AsTask());
        var locked = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => store.LockAsync(Cancellation).AsTask());

        Assert.All([written, locked], exception =>
        {
            Assert.Equal(BinanceFailure.StoreUnavailable, exception.Failure);
            Assert.Contains(store.FilePath, exception.Message, StringComparison.Ordinal);
            Assert.IsAssignableFrom<IOException>(exception.InnerException);
            Assert.Contains(exception.InnerException!.Message, exception.Message, StringComparison.Ordinal);
        });
    }

    // The clock stands still: a second attempt would wait for ever.
    [Fact]
    public async Task Name_that_the_file_system_refuses_fails_each_operation_at_once()
    {
        var store = new FileTokenStore(_folder.PathOf(new('x', 300)), new FakeTimeProvider());

        await AssertFailsAsync("read", store.ReadAsync(Cancellation).AsTask());
        await AssertFailsAsync("written", store.WriteAsync("a session", Cancellation).AsTask());
        await AssertFailsAsync("deleted", store.DeleteAsync(Cancellation).AsTask());
        await AssertFailsAsync("locked", store.LockAsync(Cancellation).AsTask());

        async Task AssertFailsAsync(string what, Task operation)
        {
            var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => operation.WaitAsync(TestTimeout.Token));
            Assert.StartsWith($"The session in {store.FilePath} cannot be {what}: ", exception.Message, StringComparison.Ordinal);
        }
    }

    // The name of the temporary file is too long for the file system.
    [Fact]
    public async Task Old_session_stays_when_the_new_one_cannot_be_written()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        var store = new FileTokenStore(_folder.PathOf(new('x', 250)));
        File.Move(_folder.FilePath, store.FilePath);

        await Assert.ThrowsAsync<BinanceAuthenticationException>(() => store.WriteAsync("another", Cancellation).AsTask());

        Assert.Equal("a session", await store.ReadAsync(Cancellation));
    }

    [Fact]
    public async Task Lock_file_that_cannot_be_opened_fails_at_once()
    {
        Directory.CreateDirectory(_folder.FilePath + ".lock");

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => _folder.Store.LockAsync(Cancellation).AsTask());

        Assert.Equal(BinanceFailure.StoreUnavailable, exception.Failure);
        Assert.IsType<UnauthorizedAccessException>(exception.InnerException);
    }

    // The clock stands still: a second attempt would wait for ever.
    [Fact]
    public async Task File_that_another_process_reads_is_read_at_once()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        using var open = new FileStream(_folder.FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var store = new FileTokenStore(_folder.FilePath, new FakeTimeProvider());

        Assert.Equal("a session", await store.ReadAsync(Cancellation).AsTask().WaitAsync(TestTimeout.Token));
    }

    [Fact]
    public async Task File_that_another_process_has_open_exclusively_is_waited_for()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        var time = new ReportingClock();
        Task<string?> reading;
        using (new FileStream(_folder.FilePath, FileMode.Open, FileAccess.Read, FileShare.None))
        {
            reading = new FileTokenStore(_folder.FilePath, time).ReadAsync(Cancellation).AsTask();
            await time.Waits;
            Assert.False(reading.IsCompleted);
        }

        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal("a session", await reading);
    }

    [Fact]
    public async Task File_that_another_process_keeps_open_exclusively_is_unavailable_after_a_timeout()
    {
        await _folder.Store.WriteAsync("a session", Cancellation);
        var time = new FakeTimeProvider();
        using var open = new FileStream(_folder.FilePath, FileMode.Open, FileAccess.Read, FileShare.None);
        var reading = new FileTokenStore(_folder.FilePath, time).ReadAsync(Cancellation).AsTask();

        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        var exception = await Assert.ThrowsAsync<BinanceAuthenticationException>(() => reading);
        Assert.Equal(BinanceFailure.StoreUnavailable, exception.Failure);
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.FromMilliseconds(500), TimeSpan.FromDays(1));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>A clock that reports when the first wait begins.</summary>
    private sealed class ReportingClock : FakeTimeProvider
    {
        private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Waits => _waits.Task.WaitAsync(TestTimeout.Token);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _waits.TrySetResult();
            return timer;
        }
    }
}
