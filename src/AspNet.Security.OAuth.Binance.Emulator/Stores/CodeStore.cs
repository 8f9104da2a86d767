namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>What is stored for an authorization code.</summary>
internal sealed record AuthorizationCode(Grant Grant, string RedirectUri, string? CodeChallenge, DateTimeOffset ExpiresAt);

/// <summary>Authorization codes. Each is removed by its first use; the grant of a used one is kept, so that a replay can revoke it (RFC 6749 section 4.1.2).</summary>
internal sealed class CodeStore(BinanceEmulatorOptions options)
{
    private readonly Lock _lock = new();
    private readonly BoundedMap<AuthorizationCode> _live = new();
    private readonly BoundedMap<Grant> _spent = new();

    public string Add(AuthorizationCode code)
    {
        var value = RandomValue.Code();
        lock (_lock)
        {
            _live.Add(value, code, options.MaxCodes);
        }

        return value;
    }

    /// <summary>Removes a code. Of concurrent callers with the same code one gets it; the others get the grant to revoke.</summary>
    public AuthorizationCode? Take(string value, out Grant? replayed)
    {
        lock (_lock)
        {
            if (_live.Remove(value, out var code))
            {
                _spent.Add(value, code.Grant, options.MaxCodes);
                replayed = null;
                return code;
            }

            _spent.TryGet(value, out replayed);
            return null;
        }
    }
}
