namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A grant that was killed, for the status page.</summary>
internal sealed record Revocation(DateTimeOffset At, string ClientId, string UserId, string Token, string Reason);

/// <summary>All tokens. One lock, because refreshing, revoking and noticing reuse must each happen as a whole.</summary>
internal sealed class TokenStore(BinanceEmulatorOptions options, EmulatorClock clock)
{
    private const int MaxRevocations = 20;

    private readonly Lock _gate = new();
    private readonly BoundedMap<EmulatorToken> _access = new();
    private readonly BoundedMap<EmulatorToken> _refresh = new();
    private readonly Queue<Revocation> _revocations = new();

    public IReadOnlyList<EmulatorToken> AccessTokens => Snapshot(_access);

    public IReadOnlyList<EmulatorToken> RefreshTokens => Snapshot(_refresh);

    public IReadOnlyList<Revocation> Revocations
    {
        get
        {
            lock (_gate)
            {
                return [.. _revocations.Reverse()];
            }
        }
    }

    public EmulatorTokenPair Issue(Grant grant)
    {
        lock (_gate)
        {
            return Pair(grant, grant.Scopes, NewRefreshToken(grant));
        }
    }

    /// <summary>Spends a refresh token as <see cref="BinanceEmulatorOptions.RefreshTokenBehavior"/> says.</summary>
    /// <param name="value">The refresh token.</param>
    /// <param name="clientId">Who presents it.</param>
    /// <param name="scopes">The scopes asked for; <see langword="null"/> for all that were granted.</param>
    /// <param name="widened">Whether the refusal is because of a scope that was never granted.</param>
    public EmulatorTokenPair? Refresh(string value, string clientId, IReadOnlyList<string>? scopes, out bool widened)
    {
        widened = false;
        lock (_gate)
        {
            // Another client's token is left alone: whoever presents it must not be able to end somebody else's session (RFC 6749 section 10.4).
            if (!_refresh.TryGet(value, out var token) || token.ClientId != clientId)
            {
                return null;
            }

            if (token.IsSpent && options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse)
            {
                Kill(token.Grant, value, "Refresh token used twice");
            }

            if (!IsLive(token))
            {
                return null;
            }

            if (scopes?.Except(token.Scopes, StringComparer.Ordinal).Any() is true)
            {
                widened = true;
                return null;
            }

            if (options.RefreshTokenBehavior != RefreshTokenBehavior.Keep)
            {
                token.IsSpent = true;
                token = NewRefreshToken(token.Grant);
            }

            return Pair(token.Grant, scopes ?? token.Grant.Scopes, token);
        }
    }

    public EmulatorToken? FindAccess(string value) => Find(_access, value);

    public EmulatorToken? FindRefresh(string value) => Find(_refresh, value);

    /// <summary>Kills the grant of a live access or refresh token.</summary>
    public bool Revoke(string value, string reason)
    {
        lock (_gate)
        {
            if ((FindAccess(value) ?? FindRefresh(value)) is not { } token)
            {
                return false;
            }

            Kill(token.Grant, value, reason);
            return true;
        }
    }

    public void Revoke(Grant grant, string reason)
    {
        lock (_gate)
        {
            var issued = _access.Values.LastOrDefault(token => token.Grant == grant && IsLive(token));
            Kill(grant, issued?.Value ?? "", reason);
        }
    }

    public int RevokeAll(string reason)
    {
        lock (_gate)
        {
            var live = _access.Values.Concat(_refresh.Values).Where(IsLive).DistinctBy(token => token.Grant).ToList();
            live.ForEach(token => Kill(token.Grant, token.Value, reason));
            return live.Count;
        }
    }

    public int ExpireAccessTokens()
    {
        lock (_gate)
        {
            var live = _access.Values.Where(IsLive).ToList();
            live.ForEach(token => token.IsSpent = true);
            return live.Count;
        }
    }

    private void Kill(Grant grant, string token, string reason)
    {
        if (grant.IsRevoked)
        {
            return;
        }

        grant.IsRevoked = true;
        _revocations.Enqueue(new Revocation(clock.GetUtcNow(), grant.ClientId, grant.UserId, token, reason));
        if (_revocations.Count > MaxRevocations)
        {
            _revocations.Dequeue();
        }
    }

    private EmulatorTokenPair Pair(Grant grant, IReadOnlyList<string> scopes, EmulatorToken refresh)
    {
        var now = clock.GetUtcNow();
        var lifetime = options.AccessTokenLifetime;
        var access = new EmulatorToken(RandomValue.Token(), grant, scopes, now, now + lifetime);
        _access.Add(access.Value, access, options.MaxTokens, token => !IsLive(token));
        return new EmulatorTokenPair(access, refresh, lifetime);
    }

    private EmulatorToken NewRefreshToken(Grant grant)
    {
        var token = new EmulatorToken(RandomValue.Token(), grant, grant.Scopes, clock.GetUtcNow(), expiresAt: null);

        // Spent refresh tokens of a living grant are kept as long as there is room: their reuse is what has to be noticed.
        _refresh.Add(token.Value, token, options.MaxTokens, old => old.Grant.IsRevoked);
        return token;
    }

    private EmulatorToken? Find(BoundedMap<EmulatorToken> tokens, string value)
    {
        lock (_gate)
        {
            return tokens.TryGet(value, out var token) && IsLive(token) ? token : null;
        }
    }

    private List<EmulatorToken> Snapshot(BoundedMap<EmulatorToken> tokens)
    {
        lock (_gate)
        {
            return [.. tokens.Values.Where(IsLive)];
        }
    }

    private bool IsLive(EmulatorToken token) =>
        !token.IsSpent && !token.Grant.IsRevoked && (token.ExpiresAt is not { } expiry || clock.GetUtcNow() < expiry);
}
