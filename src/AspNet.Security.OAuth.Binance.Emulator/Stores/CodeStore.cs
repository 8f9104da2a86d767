namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>An authorization code.</summary>
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

    /// <summary>Removes a code. One of concurrent callers with the same code gets it; the others get the grant to revoke.</summary>
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

    /// <summary>Gets a value indicating whether the oldest codes were removed.</summary>
    public bool HasRemovedOldest
    {
        get
        {
            lock (_lock)
            {
                return _live.HasRemovedOldest || _spent.HasRemovedOldest;
            }
        }
    }

    /// <summary>Finds the grant of a live or used code.</summary>
    public Grant? GrantOf(string value)
    {
        lock (_lock)
        {
            return _live.TryGet(value, out var code) ? code.Grant : _spent.TryGet(value, out var spent) ? spent : null;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _live.Clear();
            _spent.Clear();
        }
    }
}
