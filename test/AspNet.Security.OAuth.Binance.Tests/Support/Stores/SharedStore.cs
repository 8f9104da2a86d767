using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Stores;

/// <summary>
/// A distributed cache that all processes of a test share, and that a test can make unavailable. It records every write.
/// </summary>
internal sealed class SharedStore(TimeProvider time) : IDistributedCache
{
    private readonly ConcurrentDictionary<string, (byte[] Value, DateTimeOffset Ends)> _entries = [];

    public ConcurrentQueue<(string Key, byte[] Value, TimeSpan? Life)> Written { get; } = [];

    /// <summary>Runs instead of a read; throws, or never completes.</summary>
    public Func<Task>? InsteadOfRead { get; set; }

    /// <summary>Runs instead of a write.</summary>
    public Func<Task>? InsteadOfWrite { get; set; }

    /// <summary>The commands by their keys, which a test can hold, wait for and count.</summary>
    public StoreCommands Commands { get; } = new();

    /// <summary>The keys of all entries that were ever removed.</summary>
    public ConcurrentQueue<string> Removed { get; } = [];

    /// <summary>The keys of the existing entries.</summary>
    public IReadOnlyList<string> Keys => [.. _entries.Where(entry => entry.Value.Ends > time.GetUtcNow()).Select(entry => entry.Key)];

    /// <summary>Everything that was ever written, as text in several encodings.</summary>
    public string Text => string.Join('\n', Written.Select(entry
        => $"{entry.Key} {Encoding.UTF8.GetString(entry.Value)} {Encoding.Unicode.GetString(entry.Value)} {Convert.ToBase64String(entry.Value)}"));

    /// <summary>Forgets all entries, as a cache does that restarts.</summary>
    public void Lose() => _entries.Clear();

    /// <summary>Forgets the entries whose keys contain a text.</summary>
    public void Lose(string part)
    {
        foreach (var key in Keys.Where(key => key.Contains(part, StringComparison.Ordinal)))
        {
            _entries.TryRemove(key, out _);
        }
    }

    public byte[]? Find(string key) => _entries.TryGetValue(key, out var entry) && entry.Ends > time.GetUtcNow() ? entry.Value : null;

    /// <summary>Changes the value of an entry, as an attacker who can write to the cache.</summary>
    public void Tamper(string key, byte[] value) => _entries[key] = (value, _entries[key].Ends);

    public async Task<byte[]?> GetAsync(string key, CancellationToken token = default)
    {
        await (InsteadOfRead?.Invoke() ?? Task.CompletedTask);
        return await Commands.RunAsync(StoreCommand.Get, key, () => Find(key));
    }

    public async Task SetAsync(string key, byte[] value, DistributedCacheEntryOptions options, CancellationToken token = default)
    {
        await (InsteadOfWrite?.Invoke() ?? Task.CompletedTask);
        await Commands.RunAsync(StoreCommand.Set, key, () =>
        {
            _entries[key] = (value, options.AbsoluteExpirationRelativeToNow is { } life ? time.GetUtcNow() + life : DateTimeOffset.MaxValue);
            Written.Enqueue((key, value, options.AbsoluteExpirationRelativeToNow));
            return true;
        });
    }

    // Synchronous calls would block a thread of the pool during a network call, and are not used.
    public byte[]? Get(string key) => throw new NotSupportedException();

    public void Set(string key, byte[] value, DistributedCacheEntryOptions options) => throw new NotSupportedException();

    public void Refresh(string key) => throw new NotSupportedException();

    public void Remove(string key) => throw new NotSupportedException();

    public Task RefreshAsync(string key, CancellationToken token = default) => throw new NotSupportedException();

    public Task RemoveAsync(string key, CancellationToken token = default)
        => Commands.RunAsync(StoreCommand.Remove, key, () =>
        {
            Removed.Enqueue(key);
            return _entries.TryRemove(key, out _);
        });
}
