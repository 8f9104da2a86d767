using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Blazor.Support;

/// <summary>
/// A distributed cache that a test can make unavailable.
/// </summary>
internal sealed class FragileCache(TimeProvider time) : IDistributedCache
{
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions { Clock = new Clock(time) }));

    private volatile bool _isUnavailable;

    public bool IsUnavailable
    {
        set => _isUnavailable = value;
    }

    private MemoryDistributedCache Cache => _isUnavailable ? throw new IOException("The cache is unavailable.") : _cache;

    public byte[]? Get(string key) => Cache.Get(key);

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) => Cache.GetAsync(key, token);

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => Cache.Set(key, value, options);

    public Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
        => Cache.SetAsync(key, value, options, token);

    public void Refresh(string key) => Cache.Refresh(key);

    public Task RefreshAsync(string key, CancellationToken token = default) => Cache.RefreshAsync(key, token);

    public void Remove(string key) => Cache.Remove(key);

    public Task RemoveAsync(string key, CancellationToken token = default) => Cache.RemoveAsync(key, token);

#pragma warning disable CS0618 // The cache has no other clock.
    private sealed class Clock(TimeProvider time) : Microsoft.Extensions.Internal.ISystemClock
#pragma warning restore CS0618
    {
        public DateTimeOffset UtcNow => time.GetUtcNow();
    }
}
