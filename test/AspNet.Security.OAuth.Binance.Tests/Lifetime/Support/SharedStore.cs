using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// A distributed cache that all processes of a test share, and that a test can take away. It keeps all that was ever written.
/// </summary>
internal sealed class SharedStore(TimeProvider time) : IDistributedCache
{
    private readonly ConcurrentDictionary<string, (byte[] Value, DateTimeOffset Ends)> _entries = [];

    public ConcurrentQueue<(string Key, byte[] Value, TimeSpan? Life)> Written { get; } = [];

    /// <summary>What happens instead of reading; throws, or never completes.</summary>
    public Func<Task>? InsteadOfRead { get; set; }

    /// <summary>What happens instead of writing.</summary>
    public Func<Task>? InsteadOfWrite { get; set; }

    /// <summary>Everything that was ever written, as text in the encodings in which somebody might look for a secret.</summary>
    public string Text => string.Join('\n', Written.Select(entry
        => $"{entry.Key} {Encoding.UTF8.GetString(entry.Value)} {Encoding.Unicode.GetString(entry.Value)} {Convert.ToBase64String(entry.Value)}"));

    /// <summary>Forgets all entries, as a cache does that restarts.</summary>
    public void Lose() => _entries.Clear();

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await (InsteadOfRead?.Invoke() ?? Task.CompletedTask);
        return _entries.TryGetValue(key, out var entry) && entry.Ends > time.GetUtcNow() ? entry.Value : null;
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await (InsteadOfWrite?.Invoke() ?? Task.CompletedTask);
        _entries[key] = (value, time.GetUtcNow() + options.AbsoluteExpirationRelativeToNow!.Value);
        Written.Enqueue((key, value, options.AbsoluteExpirationRelativeToNow));
    }

    // A thread that waits for a network is one that other requests miss: the synchronous members are not to be used.
    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default)
    {
        _entries.TryRemove(key, out _);
        return Task.CompletedTask;
    }
}
