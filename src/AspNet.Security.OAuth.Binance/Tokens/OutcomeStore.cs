using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outcome of the refresh of one refresh token, where every process of a web farm finds it for a while. It is protected, under a
/// key that is a hash: who reads the cache learns neither the old tokens nor the new ones.
/// </summary>
internal sealed class OutcomeStore
{
    /// <summary>The time that the cache may take: a cache that hangs must not hold a page longer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly IDistributedCache _cache;
    private readonly TimeProvider _time;
    private readonly string _key;
    private readonly IDataProtector _protector;

    public OutcomeStore(IDistributedCache cache, BinanceAuthenticationOptions options, string scheme, string refreshToken)
    {
        (_cache, _time, _key) = (cache, options.Clock, KeyOf(scheme, refreshToken));

        // Bound to the key: who may write to the cache, and has no keys of data protection, must not get the tokens of one user into
        // the session of another by copying an entry.
        _protector = options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", _key, "v1");
    }

    /// <summary>The lock's name. It differs from the key, because one store may hold both.</summary>
    public static string LockOf(string scheme, string refreshToken) => KeyOf(scheme, refreshToken) + ":lock";

    public async Task<RefreshOutcome?> ReadAsync()
        => await _cache.GetAsync(_key).WaitAsync(Timeout, _time) is { } stored
            ? JsonSerializer.Deserialize(_protector.Unprotect(stored), TokenJson.Default.RefreshOutcome)
            : null;

    public Task WriteAsync(RefreshOutcome outcome)
    {
        var lifetime = outcome.Tokens is { } tokens
            ? BinanceTokenRefresher.LifetimeOf(tokens, _time.GetUtcNow())
            : BinanceTokenRefresher.LifetimeOf(outcome.Failure ?? BinanceFailure.Unknown);
        if (lifetime <= TimeSpan.Zero)
        {
            return Task.CompletedTask;
        }

        var entry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime };
        var bytes = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(outcome, TokenJson.Default.RefreshOutcome));
        return _cache.SetAsync(_key, bytes, entry).WaitAsync(Timeout, _time);
    }

    public Task RemoveAsync() => _cache.RemoveAsync(_key).WaitAsync(Timeout, _time);

    private static string KeyOf(string scheme, string refreshToken)
        => "AspNet.Security.OAuth.Binance:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(scheme + '\n' + refreshToken)));
}

/// <summary>Tokens, or a failure.</summary>
internal sealed record RefreshOutcome(BinanceTokens? Tokens, BinanceFailure? Failure)
{
    /// <exception cref="BinanceAuthenticationException">The outcome is a failure.</exception>
    public BinanceTokens TokensOrThrow()
        => Tokens ?? throw new BinanceAuthenticationException(
            Failure ?? BinanceFailure.Unknown, "Binance's token endpoint: the refresh of another process failed shortly before.");
}

[JsonSerializable(typeof(RefreshOutcome))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TokenJson : JsonSerializerContext;
