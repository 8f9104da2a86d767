using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outcome of one call to the token endpoint in the distributed cache, for all processes of a web farm. It is protected, and its key
/// is a hash, so that the cache discloses neither the request nor the response.
/// </summary>
internal sealed class OutcomeStore
{
    private readonly IDistributedCache _cache;
    private readonly FarmStores _stores;
    private readonly FarmCall _call;
    private readonly TimeProvider _time;
    private readonly string _key;
    private readonly IDataProtector _protector;

    public OutcomeStore(IDistributedCache cache, FarmStores stores, FarmCall call)
    {
        (_cache, _stores, _call, _time, _key) = (cache, stores, call, call.Options.Clock, KeyOf(call));

        // Bound to the key: an attacker who can write to the cache must not be able to move the tokens of one user into
        // the session of another by copying an entry.
        _protector = call.Options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", _key, "v1");
    }

    private string HoldersKey => _key + ":holders";

    // For a server that does not rotate the refresh token: the outcome names the session of the last call, and each other session has an entry of its own.
    private string SessionKey => $"{_key}:{_call.SessionId}";

    /// <summary>The lock's name. It differs from the key, because one store may hold both.</summary>
    public static string LockOf(FarmCall call) => KeyOf(call) + ":lock";

    /// <summary>Reads the outcome for the call's session, if it has not expired.</summary>
    /// <exception cref="StoreException">The cache failed, which is reported, or the outcome cannot be read.</exception>
    public async Task<TokenOutcome?> ReadAsync()
    {
        var outcome = await ReadAsync(_key);
        if (outcome is not null && !outcome.Serves(_call))
        {
            outcome = _call.SessionId is null ? null : await ReadAsync(SessionKey);
        }

        return outcome?.Tokens?.ExpiresAt <= _time.GetUtcNow() ? null : outcome;
    }

    /// <exception cref="StoreException">The cache failed, which is reported.</exception>
    public async Task WriteAsync(TokenOutcome outcome)
    {
        var lifetime = _call.Lifetime ?? LifetimeOf(outcome);
        if (lifetime <= TimeSpan.Zero)
        {
            return;
        }

        var value = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(outcome, TokenJson.Default.TokenOutcome));
        if (outcome.IsKept(_call))
        {
            await SetAsync(SessionKey, value, lifetime);
        }

        await SetAsync(_key, value, lifetime);
    }

    /// <summary>Removes the outcome for the call's session.</summary>
    /// <exception cref="StoreException">The cache failed, which is reported.</exception>
    public async Task RemoveAsync()
    {
        var outcome = _call.SessionId is null ? null : await ReadAsync(_key);
        if (outcome?.IsKept(_call) is true)
        {
            await RunAsync(() => _cache.RemoveAsync(SessionKey));
        }

        if (outcome is null || outcome.IsOf(_call))
        {
            await RunAsync(() => _cache.RemoveAsync(_key));
        }
    }

    /// <summary>Reads how many processes hold the tokens of a code exchange.</summary>
    /// <returns>Zero if that is not known.</returns>
    /// <exception cref="StoreException">The cache failed, which is reported.</exception>
    public async Task<int> ReadHoldersAsync()
    {
        var stored = await RunAsync(() => _cache.GetAsync(HoldersKey));
        try
        {
            return stored is not null && _protector.Unprotect(stored) is [var holders] ? holders : 0;
        }
        catch (Exception)
        {
            return 0;
        }
    }

    /// <exception cref="StoreException">The cache failed, which is reported.</exception>
    public Task WriteHoldersAsync(int holders)
        => holders > 0
            ? SetAsync(HoldersKey, _protector.Protect([(byte)Math.Min(holders, byte.MaxValue)]), FarmCall.HeldFor)
            : RunAsync(() => _cache.RemoveAsync(HoldersKey));

    private TimeSpan LifetimeOf(TokenOutcome outcome) => outcome.Tokens is { } tokens
        ? BinanceTokenRefresher.LifetimeOf(tokens, _time.GetUtcNow())
        : BinanceTokenRefresher.LifetimeOf(outcome.Failure ?? BinanceFailure.Unknown);

    private async Task<TokenOutcome?> ReadAsync(string key)
    {
        var stored = await RunAsync(() => _cache.GetAsync(key));
        try
        {
            return stored is null ? null : JsonSerializer.Deserialize(_protector.Unprotect(stored), TokenJson.Default.TokenOutcome);
        }
        catch (Exception exception)
        {
            // The entry is corrupt, or protected with a revoked data-protection key. The cache works, but the refresh token may be spent.
            throw new StoreException(exception);
        }
    }

    private Task SetAsync(string key, byte[] value, TimeSpan lifetime)
        => RunAsync(() => _cache.SetAsync(key, value, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime }));

    private Task<T> RunAsync<T>(Func<Task<T>> command) => _stores.RunOnCacheAsync(_call.Scheme, _time, command);

    private Task RunAsync(Func<Task> command) => _stores.RunOnCacheAsync(_call.Scheme, _time, command);

    private static string KeyOf(FarmCall call)
        => "AspNet.Security.OAuth.Binance:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Scheme + '\n' + call.Secret)));
}
