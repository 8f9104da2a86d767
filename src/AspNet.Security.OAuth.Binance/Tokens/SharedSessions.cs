using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The ends of sessions in the distributed cache, for all processes of a web farm, until the session's ticket expires. Entries are protected and bound to the
/// key, so that an attacker who can write to the cache cannot end a session by copying an entry.
/// </summary>
internal sealed class SharedSessions(IServiceProvider services, FarmStores stores)
{
    private const string Revoked = "revoked";
    private const string Followed = "followed";

    private readonly ConcurrentDictionary<SessionKey, Lazy<Task<SessionEnd?>>> _reading = new();

    // The in-memory cache is not shared between processes.
    private readonly IDistributedCache? _cache = services.GetService<IDistributedCache>() is { } cache and not MemoryDistributedCache ? cache : null;

    /// <summary>Returns a value indicating whether the ends of sessions are shared, and cannot be read now.</summary>
    public bool IsUnavailable(TimeProvider time) => _cache is not null && stores.IsCacheUnavailable(time);

    public Task<SessionEnd?> FindAsync(SessionKey session, IssuedTicket issued)
        => _cache is { } cache && !IsUnavailable(issued.Options.Clock) ? FindAsync(cache, session, issued) : Task.FromResult<SessionEnd?>(null);

    public async Task WriteAsync(SessionKey session, SessionEnd end, IssuedTicket issued)
    {
        if (_cache is null || stores.CacheHangs(issued.Options.Clock) || end.Until <= issued.Options.Clock.GetUtcNow())
        {
            return;
        }

        try
        {
            var key = KeyOf(session);
            var entry = new DistributedCacheEntryOptions();
            if (end.Until < DateTimeOffset.MaxValue)
            {
                entry.AbsoluteExpirationRelativeToNow = end.Until - issued.Options.Clock.GetUtcNow();
            }

            var value = Protector(issued, key).Protect(Encoding.UTF8.GetBytes(Written(end)));
            await stores.RunOnCacheAsync(issued.Scheme, issued.Options.Clock, () => _cache.SetAsync(key, value, entry));
        }
        catch (StoreException)
        {
            // It is reported already.
        }
    }

    // Concurrent calls for one session share one request to the cache.
    private async Task<SessionEnd?> FindAsync(IDistributedCache cache, SessionKey session, IssuedTicket issued)
    {
        var reading = _reading.GetOrAdd(session, new Lazy<Task<SessionEnd?>>(() => ReadAsync(cache, session, issued)));
        try
        {
            return await reading.Value;
        }
        finally
        {
            _reading.TryRemove(KeyValuePair.Create(session, reading));
        }
    }

    private async Task<SessionEnd?> ReadAsync(IDistributedCache cache, SessionKey session, IssuedTicket issued)
    {
        try
        {
            var key = KeyOf(session);
            return await stores.RunOnCacheAsync(issued.Scheme, issued.Options.Clock, () => cache.GetAsync(key)) is { } stored
                ? Read(Encoding.UTF8.GetString(Protector(issued, key).Unprotect(stored)))
                : null;
        }
        catch (Exception)
        {
            // The cache failed, which is reported, or the entry cannot be read and counts as absent.
            return null;
        }
    }

    private static string Written(SessionEnd end)
        => string.Create(CultureInfo.InvariantCulture, $"{end.At.UtcTicks};{end.Until.UtcTicks};{(end.IsRevoked ? Revoked : "")}{(end.IsFollowed ? Followed : "")};{end.Successor}");

    private static SessionEnd? Read(string text)
        => text.Split(';', 4) is [var at, var until, var marks, var successor]
            ? new(
                successor.Length == 0 ? null : successor,
                new DateTimeOffset(long.Parse(at, CultureInfo.InvariantCulture), TimeSpan.Zero),
                new DateTimeOffset(long.Parse(until, CultureInfo.InvariantCulture), TimeSpan.Zero))
            {
                IsRevoked = marks.Contains(Revoked, StringComparison.Ordinal),
                IsFollowed = marks.Contains(Followed, StringComparison.Ordinal),
            }
            : null;

    private static string KeyOf(SessionKey session)
        => "AspNet.Security.OAuth.Binance:session:"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session.CookieScheme + '\n' + session.Id)));

    private static IDataProtector Protector(IssuedTicket issued, string key)
        => issued.Options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", key, "v1");
}
