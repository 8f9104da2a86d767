namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>What an authorization code stands for.</summary>
internal sealed record AuthorizationCode(Grant Grant, string RedirectUri, string? CodeChallenge, DateTimeOffset ExpiresAt);

/// <summary>Authorization codes: each can be taken once, and a spent one still leads to what it issued (RFC 6749 section 4.1.2).</summary>
internal sealed class CodeStore(BinanceEmulatorOptions options)
{
    private readonly Lock _gate = new();
    private readonly BoundedMap<AuthorizationCode> _live = new();
    private readonly BoundedMap<Grant> _spent = new();

    public string Add(AuthorizationCode code)
    {
        var value = RandomValue.Code();
        lock (_gate)
        {
            _live.Add(value, code, options.MaxCodes);
        }

        return value;
    }

    /// <summary>Takes a code out. Of many callers with the same code one gets it; the others get the grant to kill.</summary>
    public AuthorizationCode? Take(string value, out Grant? replayed)
    {
        lock (_gate)
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
