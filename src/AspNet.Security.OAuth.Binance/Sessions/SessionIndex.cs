using System.Text.Json;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Tokens;
using Medallion.Threading;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The list of a user's sessions, for listing and revocation. It does not decide whether a session is live, and may miss one: when two sign-ins of a user end at the same time in
/// two processes without a distributed lock, when a user has more than 500 sessions, or when the cache has lost it.
/// </summary>
internal sealed class SessionIndex(SessionCache cache, FarmLocks locks, FarmStores stores)
{
    private const int Capacity = 500;
    private const int Stripes = 64;

    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim[] _local = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1))];

    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<IndexedSession[]> ReadAsync(string user)
    {
        var now = cache.Time.GetUtcNow().ToUnixTimeSeconds();
        return [.. (await ReadAllAsync(NameOf(user))).Where(session => session.Until > now)];
    }

    /// <summary>Adds a session, or moves its end.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public Task AddAsync(string user, IndexedSession session)
        => ChangeAsync(user, session.Scheme, sessions => [.. sessions.Where(other => other.Id != session.Id).TakeLast(Capacity - 1), session]);

    /// <summary>Removes sessions that are over. A failure of the cache is ignored, because the index does not decide about it.</summary>
    public async Task TryRemoveAsync(string user, string scheme, IReadOnlyCollection<string> ids)
    {
        try
        {
            await ChangeAsync(user, scheme, sessions => [.. sessions.Where(session => !ids.Contains(session.Id))]);
        }
        catch (SessionsUnavailableException)
        {
            // SessionCache has logged the failure.
        }
    }

    private async Task ChangeAsync(string user, string scheme, Func<IndexedSession[], IndexedSession[]> change)
    {
        var local = _local[(uint)user.GetHashCode(StringComparison.Ordinal) % Stripes];
        await local.WaitAsync();
        try
        {
            var held = await TryLockAsync(user, scheme);
            try
            {
                await WriteAsync(NameOf(user), change(await ReadAsync(user)));
            }
            finally
            {
                if (held is not null)
                {
                    await locks.ReleaseAsync(held, scheme, cache.Time);
                }
            }
        }
        finally
        {
            local.Release();
        }
    }

    // Without the lock the index may miss a session, which is no reason to refuse a sign-in.
    private async Task<IDistributedSynchronizationHandle?> TryLockAsync(string user, string scheme)
    {
        if (!locks.IsAvailable || stores.LockHangs(cache.Time))
        {
            return null;
        }

        try
        {
            return await locks.TryAcquireAsync($"AspNet.Security.OAuth.Binance:{NameOf(user)}:lock", _longestWait, scheme, cache.Time);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private async Task<IndexedSession[]> ReadAllAsync(string name)
    {
        if ((await cache.ReadAsync(name)).Value is not { } value)
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize(value, SessionJson.Default.IndexedSessionArray) ?? [];
        }
        catch (JsonException)
        {
            // The format of another version of this package.
            return [];
        }
    }

    private Task WriteAsync(string name, IndexedSession[] sessions)
    {
        var last = DateTimeOffset.FromUnixTimeSeconds(sessions.Length == 0 ? 0 : sessions.Max(session => session.Until));
        return last - cache.Time.GetUtcNow() is var lifetime && lifetime > TimeSpan.Zero
            ? cache.WriteAsync(name, cache.Seal(name, JsonSerializer.SerializeToUtf8Bytes(sessions, SessionJson.Default.IndexedSessionArray)), lifetime)
            : cache.RemoveAsync(name);
    }

    private static string NameOf(string user) => "index:" + user;
}

/// <summary>A session of a user.</summary>
/// <param name="Id">Its id.</param>
/// <param name="CookieScheme">The scheme of the cookie that holds its key.</param>
/// <param name="Scheme">The scheme that authenticated the user.</param>
/// <param name="Until">When it ends, in seconds since 1970, at the time of writing.</param>
internal sealed record IndexedSession(string Id, string CookieScheme, string Scheme, long Until);

[JsonSerializable(typeof(IndexedSession[]))]
internal sealed partial class SessionJson : JsonSerializerContext;
