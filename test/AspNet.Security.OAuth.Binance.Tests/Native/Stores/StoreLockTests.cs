using AspNet.Security.OAuth.Binance.NativeProcess;
using AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;
using AspNet.Security.OAuth.Binance.Tests.Native.Support;
using Microsoft.Extensions.Time.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// The lock of a file store, between stores and between processes.
/// </summary>
public sealed class StoreLockTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_stores_at_one_path_exclude_each_other()
    {
        var inside = 0;

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            await using (await new FileTokenStore(_folder.FilePath).LockAsync(Cancellation))
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }));
    }

    [Fact]
    public async Task Lock_that_is_held_is_waited_for_until_it_is_released()
    {
        var time = new FakeTimeProvider();
        var held = await _folder.Store.LockAsync(Cancellation);
        var waiting = new FileTokenStore(_folder.FilePath, time).LockAsync(Cancellation).AsTask();

        for (var attempt = 0; attempt < 1000; attempt++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        await held!.DisposeAsync();
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await (await waiting)!.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_ends_when_it_is_cancelled_and_takes_no_lock()
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var held = await _folder.Store.LockAsync(Cancellation);
        var waiting = _folder.Store.LockAsync(stop.Token).AsTask();

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await held!.DisposeAsync();

        await (await _folder.Store.LockAsync(Cancellation))!.DisposeAsync();
    }

    [Fact]
    public async Task Session_is_read_written_and_deleted_under_the_lock_and_without_it()
    {
        await using var held = await _folder.Store.LockAsync(Cancellation);

        await new FileTokenStore(_folder.FilePath).WriteAsync("a session", Cancellation);
        Assert.Equal("a session", await new FileTokenStore(_folder.FilePath).ReadAsync(Cancellation));
        await new FileTokenStore(_folder.FilePath).DeleteAsync(Cancellation);

        // Two processes could hold the lock, each on a file of its own, if it were deleted.
        Assert.Equal(["session.lock"], _folder.Names);
    }

    [Fact]
    public async Task Locks_of_two_paths_are_two()
    {
        await using var first = await _folder.Store.LockAsync(Cancellation);
        await using var second = await new FileTokenStore(_folder.PathOf("other")).LockAsync(Cancellation);

        Assert.NotNull(second);
    }

    [Fact]
    public async Task Lock_of_another_process_excludes_until_that_is_killed()
    {
        await using var process = await HelperProcess.StartAsync(Commands.Lock, _folder.FilePath);
        await process.StartAndWaitForLockAsync();
        Assert.Equal(Commands.Locked, await process.ReadLineAsync());
        var time = new FakeTimeProvider();
        var waiting = new FileTokenStore(_folder.FilePath, time).LockAsync(Cancellation).AsTask();
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.False(waiting.IsCompleted);
        await process.KillAsync();
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await (await waiting)!.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();
}
