using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outcome of one call to the token endpoint, where every process of a web farm finds it for a while. It is protected, under a key
/// that is a hash: who reads the cache learns neither what was sent nor what came back.
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

        // Bound to the key: who may write to the cache, and has no keys of data protection, must not get the tokens of one user into
        // the session of another by copying an entry.
        _protector = call.Options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", _key, "v1");
    }

    private string HoldersKey => _key + ":holders";

    // Of a server that keeps its refresh token: the session that made the last call is named in the outcome, and the others have one each.
    private string SessionKey => $"{_key}:{_call.SessionId}";

    /// <summary>The lock's name. It differs from the key, because one store may hold both.</summary>
    public static string LockOf(FarmCall call) => KeyOf(call) + ":lock";

    /// <summary>Reads the outcome that serves the call's session, if there is one that has not expired.</summary>
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

    /// <summary>Removes the outcome that serves the call's session.</summary>
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

    /// <summary>Reads how many processes hold the tokens of a code exchange, without having signed anybody in.</summary>
    /// <returns>Zero if that is not known, or not known any more.</returns>
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
            // Corrupt, or of a data-protection key that was revoked. That is no outage of the cache; but the refresh token may be spent.
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
