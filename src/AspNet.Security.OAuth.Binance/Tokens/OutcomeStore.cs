using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outcome of one call to the token endpoint, where every process of a web farm finds it for a while. It is protected, under a key
/// that is a hash: who reads the cache learns neither what was sent nor what came back.
/// </summary>
internal sealed class OutcomeStore
{
    /// <summary>The time that the cache may take: a cache that hangs must not hold a page longer.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly IDistributedCache _cache;
    private readonly FarmCall _call;
    private readonly TimeProvider _time;
    private readonly string _key;
    private readonly IDataProtector _protector;

    public OutcomeStore(IDistributedCache cache, FarmCall call)
    {
        (_cache, _call, _time, _key) = (cache, call, call.Options.Clock, KeyOf(call));

        // Bound to the key: who may write to the cache, and has no keys of data protection, must not get the tokens of one user into
        // the session of another by copying an entry.
        _protector = call.Options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", _key, "v1");
    }

    private string HoldersKey => _key + ":holders";

    /// <summary>The lock's name. It differs from the key, because one store may hold both.</summary>
    public static string LockOf(FarmCall call) => KeyOf(call) + ":lock";

    public async Task<TokenOutcome?> ReadAsync()
        => await _cache.GetAsync(_key).WaitAsync(Timeout, _time) is { } stored
            ? JsonSerializer.Deserialize(_protector.Unprotect(stored), TokenJson.Default.TokenOutcome)
            : null;

    public Task WriteAsync(TokenOutcome outcome)
    {
        var lifetime = _call.Lifetime ?? LifetimeOf(outcome);
        return lifetime > TimeSpan.Zero
            ? SetAsync(_key, _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(outcome, TokenJson.Default.TokenOutcome)), lifetime)
            : Task.CompletedTask;
    }

    public Task RemoveAsync() => _cache.RemoveAsync(_key).WaitAsync(Timeout, _time);

    /// <summary>Reads how many processes hold the tokens of a code exchange, without having signed anybody in.</summary>
    /// <returns>Zero if that is not known, or not known any more.</returns>
    public async Task<int> ReadHoldersAsync()
        => await _cache.GetAsync(HoldersKey).WaitAsync(Timeout, _time) is { } stored && _protector.Unprotect(stored) is [var holders] ? holders : 0;

    public Task WriteHoldersAsync(int holders)
        => holders > 0
            ? SetAsync(HoldersKey, _protector.Protect([(byte)Math.Min(holders, byte.MaxValue)]), FarmCall.HeldFor)
            : _cache.RemoveAsync(HoldersKey).WaitAsync(Timeout, _time);

    private TimeSpan LifetimeOf(TokenOutcome outcome) => outcome.Tokens is { } tokens
        ? BinanceTokenRefresher.LifetimeOf(tokens, _time.GetUtcNow())
        : BinanceTokenRefresher.LifetimeOf(outcome.Failure ?? BinanceFailure.Unknown);

    private Task SetAsync(string key, byte[] value, TimeSpan lifetime)
        => _cache.SetAsync(key, value, new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = lifetime }).WaitAsync(Timeout, _time);

    private static string KeyOf(FarmCall call)
        => "AspNet.Security.OAuth.Binance:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(call.Scheme + '\n' + call.Secret)));
}

/// <summary>A call to the token endpoint that a web farm makes once.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Options">Its options.</param>
/// <param name="Secret">What is sent, and what only those know who may have the outcome: a refresh token, or a code with its state.</param>
/// <param name="Lifetime">How long the outcome is kept, or <see langword="null"/> for that of a refresh.</param>
internal readonly record struct FarmCall(string Scheme, BinanceAuthenticationOptions Options, string Secret, TimeSpan? Lifetime = null)
{
    /// <summary>How long it is known which processes hold the tokens of a code exchange: longer than a delivery takes.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(10);

    /// <summary>Gets a value indicating whether a code is sent. A second use of it revokes what the first one got (RFC 6749 section 4.1.2).</summary>
    public bool IsCode => Lifetime is not null;
}

/// <summary>Tokens, or a failure.</summary>
internal sealed record TokenOutcome(BinanceTokens? Tokens, BinanceFailure? Failure)
{
    /// <summary>Gets the whole response of a code exchange, which the tokens do not serialize.</summary>
    public string? Raw { get; init; }

    /// <summary>Gets the id of the session that a code exchange begins.</summary>
    public string? SessionId { get; init; }

    /// <summary>Gets the time of a code exchange, from which <c>expires_in</c> is counted.</summary>
    public DateTimeOffset? At { get; init; }

    public bool Shares(TokenOutcome other)
        => Tokens!.AccessToken == other.Tokens!.AccessToken || (Tokens.RefreshToken is { } refreshToken && refreshToken == other.Tokens.RefreshToken);

    /// <summary>Returns a copy of the response of a code exchange, for one caller, who disposes it.</summary>
    public JsonDocument ToDocument()
    {
        if (Raw is not null)
        {
            return JsonDocument.Parse(Raw);
        }

        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(Tokens!.Raw));
        return JsonDocument.ParseValue(ref reader);
    }

    /// <exception cref="BinanceAuthenticationException">The outcome is a failure.</exception>
    public TokenOutcome OrThrow()
        => Tokens is not null ? this : throw new BinanceAuthenticationException(
            Failure ?? BinanceFailure.Unknown, "Binance's token endpoint: the request of another process failed shortly before.");
}

/// <summary>A code was not sent, so that it can be sent later.</summary>
internal sealed class CodeNotSentException(string reason)
    : BinanceAuthenticationException(BinanceFailure.Unavailable, $"Binance's token endpoint: {reason}; the code was not sent.");

[JsonSerializable(typeof(TokenOutcome))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TokenJson : JsonSerializerContext;
