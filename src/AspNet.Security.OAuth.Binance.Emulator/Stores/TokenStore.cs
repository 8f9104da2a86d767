namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A grant, or an access token alone, that was revoked, for the status page.</summary>
internal sealed record Revocation(DateTimeOffset At, string ClientId, string UserId, string Token, string Reason);

/// <summary>All tokens. One lock, because a refresh, a revocation and the detection of a reuse must each be atomic.</summary>
internal sealed class TokenStore(BinanceEmulatorOptions options, EmulatorClock clock)
{
    private const int MaxRevocations = 20;

    private readonly Lock _lock = new();
    private readonly BoundedMap<TokenEntry> _access = new();
    private readonly BoundedMap<TokenEntry> _refresh = new();
    private readonly Queue<Revocation> _revocations = new();
    private TokenFile? _file;

    public IReadOnlyList<EmulatorToken> AccessTokens => Snapshot(_access);

    public IReadOnlyList<EmulatorToken> RefreshTokens => Snapshot(_refresh);

    public IReadOnlyList<Revocation> Revocations
    {
        get
        {
            lock (_lock)
            {
                return [.. _revocations.Reverse()];
            }
        }
    }

    /// <summary>Keeps the tokens in a file from now on, and takes over those that are in it.</summary>
    public void Open(string path)
    {
        lock (_lock)
        {
            if (_file is not null)
            {
                return;
            }

            (_file, var content) = TokenFile.Open(path);
            var (access, refresh) = content.ToEntries();
            foreach (var token in access)
            {
                _access.Add(token.Token.Value, token, options.MaxTokens);
            }

            foreach (var token in refresh)
            {
                _refresh.Add(token.Token.Value, token, options.MaxTokens);
            }

            try
            {
                // Tokens may have been issued before; and what cannot be written is found out at the start.
                Save();
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    /// <summary>Leaves the file to the next emulator. Later changes are not kept.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    public EmulatorTokenPair Issue(Grant grant)
    {
        lock (_lock)
        {
            return Pair(grant, grant.Scopes, NewRefreshToken(grant));
        }
    }

    /// <summary>Spends a refresh token as <see cref="BinanceEmulatorOptions.RefreshTokenBehavior"/> says.</summary>
    /// <param name="value">The refresh token.</param>
    /// <param name="clientId">Who presents it.</param>
    /// <param name="scopes">The requested scopes; <see langword="null"/> for all that were granted.</param>
    /// <param name="widened">Whether the refusal is because of a scope that was never granted.</param>
    public EmulatorTokenPair? Refresh(string value, string clientId, IReadOnlyList<string>? scopes, out bool widened)
    {
        widened = false;
        lock (_lock)
        {
            // A token of another client is not revoked: a client must not be able to end another client's session (RFC 6749 section 10.4).
            if (!_refresh.TryGet(value, out var token) || token.Grant.ClientId != clientId)
            {
                return null;
            }

            if (token.IsSpent && options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse)
            {
                RevokeGrant(token.Grant, value, "Refresh token used twice");
                Save();
            }

            if (!IsLive(token))
            {
                return null;
            }

            if (scopes?.Except(token.Token.Scopes, StringComparer.Ordinal).Any() is true)
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

    public EmulatorToken? FindAccess(string value) => Find(_access, value)?.Token;

    public EmulatorToken? FindRefresh(string value) => Find(_refresh, value)?.Token;

    /// <summary>Revokes the grant of a live access or refresh token.</summary>
    public bool Revoke(string value, string reason)
    {
        lock (_lock)
        {
            if ((Find(_access, value) ?? Find(_refresh, value)) is not { } token)
            {
                return false;
            }

            RevokeGrant(token.Grant, value, reason);
            Save();
            return true;
        }
    }

    /// <summary>Revokes what <see cref="BinanceEmulatorOptions.RevocationBehavior"/> says of a live access token.</summary>
    public bool RevokeAccess(string value, string reason)
    {
        lock (_lock)
        {
            if (Find(_access, value) is not { } token)
            {
                return false;
            }

            if (options.RevocationBehavior == RevocationBehavior.RevokeAccessToken)
            {
                token.IsSpent = true;
                Record(token.Grant, value, reason);
            }
            else
            {
                RevokeGrant(token.Grant, value, reason);
            }

            Save();
            return true;
        }
    }

    public void Revoke(Grant grant, string reason)
    {
        lock (_lock)
        {
            var issued = _access.Values.LastOrDefault(token => token.Grant == grant && IsLive(token));
            RevokeGrant(grant, issued?.Token.Value ?? "", reason);
            Save();
        }
    }

    public int RevokeAll(string reason)
    {
        lock (_lock)
        {
            var live = _access.Values.Concat(_refresh.Values).Where(IsLive).DistinctBy(token => token.Grant).ToList();
            live.ForEach(token => RevokeGrant(token.Grant, token.Token.Value, reason));
            Save();
            return live.Count;
        }
    }

    public int ExpireAccessTokens()
    {
        lock (_lock)
        {
            var live = _access.Values.Where(IsLive).ToList();
            live.ForEach(token => token.IsSpent = true);
            Save();
            return live.Count;
        }
    }

    private void RevokeGrant(Grant grant, string token, string reason)
    {
        if (grant.IsRevoked)
        {
            return;
        }

        grant.IsRevoked = true;
        Record(grant, token, reason);
    }

    private void Record(Grant grant, string token, string reason)
    {
        _revocations.Enqueue(new Revocation(clock.GetUtcNow(), grant.ClientId, grant.UserId, token, reason));
        if (_revocations.Count > MaxRevocations)
        {
            _revocations.Dequeue();
        }
    }

    private EmulatorTokenPair Pair(Grant grant, IReadOnlyList<string> scopes, TokenEntry refresh)
    {
        var now = clock.GetUtcNow();
        var lifetime = options.AccessTokenLifetime;
        var access = TokenEntry.Create(grant, scopes, now, now + lifetime);
        _access.Add(access.Token.Value, access, options.MaxTokens, token => !IsLive(token));
        Save();
        return new EmulatorTokenPair(access.Token, refresh.Token, lifetime);
    }

    private void Save()
        => _file?.Write(TokenFileContent.Of(_access.Values.Where(IsLive), _refresh.Values.Where(token => !token.Grant.IsRevoked)));

    private TokenEntry NewRefreshToken(Grant grant)
    {
        var token = TokenEntry.Create(grant, grant.Scopes, clock.GetUtcNow(), expiresAt: null);

        // Spent refresh tokens of a live grant are kept as long as there is room, so that their reuse is detected.
        _refresh.Add(token.Token.Value, token, options.MaxTokens, old => old.Grant.IsRevoked);
        return token;
    }

    private TokenEntry? Find(BoundedMap<TokenEntry> tokens, string value)
    {
        lock (_lock)
        {
            return tokens.TryGet(value, out var token) && IsLive(token) ? token : null;
        }
    }

    private List<EmulatorToken> Snapshot(BoundedMap<TokenEntry> tokens)
    {
        lock (_lock)
        {
            return [.. tokens.Values.Where(IsLive).Select(token => token.Token)];
        }
    }

    private bool IsLive(TokenEntry token)
        => !token.IsSpent && !token.Grant.IsRevoked && (token.Token.ExpiresAt is not { } expiry || clock.GetUtcNow() < expiry);
}
