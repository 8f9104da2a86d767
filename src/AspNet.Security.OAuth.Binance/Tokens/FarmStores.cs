using AspNet.Security.OAuth.Binance.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The commands of the web farm's cache and of its lock, which may be two different stores. Commands run on a thread of the pool, because a client may block
/// instead of being asynchronous.
/// </summary>
internal sealed class FarmStores(SafeLogger<FarmStores> logger)
{
    private readonly FallibleStore _cache = new();
    private readonly FallibleStore _lock = new();

    /// <summary>Returns a value indicating whether the cache or the lock failed within the last 5 seconds.</summary>
    public bool IsUnavailable(TimeProvider time) => _cache.IsUnavailable(time) || _lock.IsUnavailable(time);

    /// <summary>Returns a value indicating whether the cache failed within the last 5 seconds.</summary>
    public bool IsCacheUnavailable(TimeProvider time) => _cache.IsUnavailable(time);

    /// <summary>Returns a value indicating whether the cache hung within the last 5 seconds.</summary>
    public bool CacheHangs(TimeProvider time) => _cache.Hangs(time);

    /// <summary>Returns a value indicating whether the lock hung within the last 5 seconds.</summary>
    public bool LockHangs(TimeProvider time) => _lock.Hangs(time);

    /// <exception cref="StoreException">The command failed, which is reported.</exception>
    public Task<T> RunOnCacheAsync<T>(string scheme, TimeProvider time, Func<Task<T>> command) => RunAsync(_cache, _lock, scheme, time, command);

    /// <exception cref="StoreException">The command failed, which is reported.</exception>
    public Task RunOnCacheAsync(string scheme, TimeProvider time, Func<Task> command) => RunOnCacheAsync(scheme, time, () => DoneAsync(command));

    /// <exception cref="StoreException">The command failed, which is reported.</exception>
    public Task<T> RunOnLockAsync<T>(string scheme, TimeProvider time, Func<Task<T>> command) => RunAsync(_lock, _cache, scheme, time, command);

    /// <exception cref="StoreException">The command failed, which is reported.</exception>
    public Task RunOnLockAsync(string scheme, TimeProvider time, Func<Task> command) => RunOnLockAsync(scheme, time, () => DoneAsync(command));

    // Both are often one server, whose failure is logged once.
    private Task<T> RunAsync<T>(FallibleStore store, FallibleStore other, string scheme, TimeProvider time, Func<Task<T>> command)
        => store.RunAsync(
            () => Task.Run(command),
            time,
            exception =>
            {
                if (!other.IsUnavailable(time))
                {
                    Log.FarmUnavailable(logger, exception, scheme);
                }
            });

    private static async Task<bool> DoneAsync(Func<Task> command)
    {
        await command();
        return true;
    }
}
