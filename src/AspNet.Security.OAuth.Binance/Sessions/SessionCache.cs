using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The cache that holds the sessions: the application's distributed one, or memory of this process without eviction. Values
/// are protected and bound to their key, so that an attacker who can write to the cache cannot open one session with the entry of another.
/// </summary>
internal sealed class SessionCache(IServiceProvider services, IDataProtectionProvider protection, SafeLogger<SessionCache> logger)
{
    private const string Prefix = "AspNet.Security.OAuth.Binance:";
    private const int BindingBytes = 16;

    // AddDistributedMemoryCache has a limit of 200 MB, beyond which it stores no new entries and evicts existing ones.
    private readonly IDistributedCache _cache = services.GetService<IDistributedCache>() is { } cache && cache.GetType() != typeof(MemoryDistributedCache)
        ? cache
        : new MemoryDistributedCache(Options.Create(new MemoryDistributedCacheOptions { SizeLimit = null }));

    private readonly IDataProtector _protector = protection.CreateProtector("AspNet.Security.OAuth.Binance.Sessions", "v1");
    private readonly FallibleStore _store = new();
    private readonly UnreadableEntries _unreadable = new();

    // Separates applications that share a cache, as data protection does.
    private readonly string? _application = services.GetService<IOptions<DataProtectionOptions>>()?.Value.ApplicationDiscriminator;

    public TimeProvider Time { get; } = services.GetService<TimeProvider>() ?? TimeProvider.System;

    /// <summary>Returns the cache's name of a user.</summary>
    public string NameOf(string scheme, string userId) => SessionName.UserOf(_application, scheme, userId);

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<CacheEntry> ReadAsync(string name)
        => await RunAsync(cache => cache.GetAsync(Prefix + name)) is { } stored ? new(true, Open(name, stored)) : default;

    /// <summary>Writes an entry.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public Task WriteAsync(string name, byte[] sealedValue, TimeSpan lifetime)
    {
        var entry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime };
        return RunAsync(async cache =>
        {
            await cache.SetAsync(Prefix + name, sealedValue, entry);
            return true;
        });
    }

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public Task RemoveAsync(string name)
        => RunAsync(async cache =>
        {
            await cache.RemoveAsync(Prefix + name);
            return true;
        });

    /// <summary>Protects a value and binds it to its name.</summary>
    public byte[] Seal(string name, ReadOnlySpan<byte> value)
    {
        var bound = new byte[BindingBytes + value.Length];
        BindingOf(name).CopyTo(bound, 0);
        value.CopyTo(bound.AsSpan(BindingBytes));
        return _protector.Protect(bound);
    }

    private static byte[] BindingOf(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[..BindingBytes];

    private byte[]? Open(string name, byte[] stored)
    {
        try
        {
            var bound = _protector.Unprotect(stored);
            if (bound.AsSpan().StartsWith(BindingOf(name)))
            {
                return bound[BindingBytes..];
            }
        }
        catch (Exception)
        {
            // The entry is corrupt, of another application, or protected with a revoked data-protection key.
        }

        ReportUnreadable(name);
        return null;
    }

    /// <summary>Logs an entry that cannot be read, once.</summary>
    public void ReportUnreadable(string name)
    {
        if (_unreadable.Add(name))
        {
            Log.SessionUnreadable(logger, name);
        }
    }

    private async Task<T> RunAsync<T>(Func<IDistributedCache, Task<T>> step)
    {
        // A cache that fails quickly does not delay requests, and each request tries it.
        if (_store.Hangs(Time))
        {
            throw new SessionsUnavailableException();
        }

        try
        {
            return await _store.RunAsync(() => step(_cache), Time, exception => Log.SessionsUnavailable(logger, exception));
        }
        catch (StoreException exception)
        {
            throw new SessionsUnavailableException(exception.InnerException!);
        }
    }

    /// <summary>The names of reported entries, bounded: an attacker who can write to the cache must not fill the memory or the log.</summary>
    private sealed class UnreadableEntries
    {
        private const int Capacity = 10_000;

        private readonly HashSet<string> _names = new(StringComparer.Ordinal);

        public bool Add(string name)
        {
            lock (_names)
            {
                return _names.Count < Capacity && _names.Add(name);
            }
        }
    }
}

/// <summary>An entry of the cache.</summary>
/// <param name="Exists">Whether there is an entry.</param>
/// <param name="Value">Its value, or <see langword="null"/> if it cannot be read.</param>
internal readonly record struct CacheEntry(bool Exists, byte[]? Value);
