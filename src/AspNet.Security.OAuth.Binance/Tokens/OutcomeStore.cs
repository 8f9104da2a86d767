using System.Text.Json;
using System.Text.Json.Serialization;
using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Caching.Distributed;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outcome of one refresh, where every process of a farm finds it for a while. Protected, below a name that is a hash:
/// who reads the store learns neither the old tokens nor the new.
/// </summary>
internal sealed class OutcomeStore(IDistributedCache cache, BinanceAuthenticationOptions options, RefreshKey key)
{
    /// <summary>A store that hangs must not hold a page longer than this.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // Bound to the name: whoever may write to the store, and has no keys, must not get one user's tokens into another's session by
    // copying an entry.
    private readonly IDataProtector _protector = options.DataProtectionProvider!.CreateProtector("AspNet.Security.OAuth.Binance.Tokens", key.SharedName(), "v1");

    public async Task<WireResult<BinanceTokens>?> ReadAsync()
    {
        var stored = await cache.GetAsync(key.SharedName()).WaitAsync(Patience, options.Clock());
        if (stored is null || JsonSerializer.Deserialize(_protector.Unprotect(stored), OutcomeJson.Default.StoredOutcome) is not { } outcome)
        {
            return null;
        }

        return outcome.Tokens is { } tokens
            ? tokens
            : new WireFailure(outcome.Failure, "token endpoint", "a refresh that another process made a moment ago failed");
    }

    public Task WriteAsync(WireResult<BinanceTokens> outcome)
    {
        var stored = new StoredOutcome(outcome.Value, outcome.Failure?.Kind ?? BinanceFailure.Unknown);
        var entry = new DistributedCacheEntryOptions { AbsoluteExpirationRelativeToNow = RefreshGate.LifetimeOf(outcome) };
        var bytes = _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(stored, OutcomeJson.Default.StoredOutcome));
        return cache.SetAsync(key.SharedName(), bytes, entry).WaitAsync(Patience, options.Clock());
    }
}

internal sealed record StoredOutcome(BinanceTokens? Tokens, BinanceFailure Failure);

[JsonSerializable(typeof(StoredOutcome))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class OutcomeJson : JsonSerializerContext;
