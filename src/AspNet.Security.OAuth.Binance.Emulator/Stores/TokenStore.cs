namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A grant, or an access token alone, that was revoked, for the status page.</summary>
internal sealed record Revocation(DateTimeOffset At, string ClientId, string UserId, string Token, string Reason);

/// <summary>All tokens. One lock, because a refresh, a revocation and the detection of a reuse must each be atomic.</summary>
internal sealed class TokenStore(BinanceEmulatorOptions options, EmulatorClock clock)
{
    public const string UsedReason = "it was used before";

    private const int MaxRevocations = 20;
    private const string AccessToken = "access token";
    private const string RefreshToken = "refresh_token";

    private readonly Lock _lock = new();
    private readonly BoundedMap<TokenEntry> _access = new();
    private readonly BoundedMap<TokenEntry> _refresh = new();
    private readonly Queue<Revocation> _revocations = new();
    private DateTimeOffset _since = clock.GetUtcNow();
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
    /// <param name="dead">Why the token is not good, when there are no tokens.</param>
    /// <returns>The tokens; <see langword="null"/> also when a scope was requested that was never granted, and then <paramref name="dead"/> is too.</returns>
    public EmulatorTokenPair? Refresh(string value, string clientId, IReadOnlyList<string>? scopes, out EmulatorRefusal? dead)
    {
        lock (_lock)
        {
            // A token of another client is not revoked: a client must not be able to end another client's session (RFC 6749 section 10.4).
            if (!_refresh.TryGet(value, out var token) || token.Grant.ClientId != clientId)
            {
                dead = token is null ? Unknown(RefreshToken, value) : DeadToken.OfAnotherClient(RefreshToken, token.Grant, clientId);
                return null;
            }

            if (token.IsSpent && options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse)
            {
                RevokeGrant(token.Grant, value, "Refresh token used twice");
                Save();
            }

            dead = DeathOf(token, RefreshToken);
            if (dead is not null || scopes?.Except(token.Token.Scopes, StringComparer.Ordinal).Any() is true)
            {
                return null;
            }

            if (options.RefreshTokenBehavior != RefreshTokenBehavior.Keep)
            {
                token.Spent = UsedReason;
                token = NewRefreshToken(token.Grant);
            }

            return Pair(token.Grant, scopes ?? token.Grant.Scopes, token);
        }
    }

    public EmulatorToken? FindAccess(string value) => FindAccess(value, out _);

    /// <param name="value">The access token.</param>
    /// <param name="dead">Why it is not good, when it is not.</param>
    public EmulatorToken? FindAccess(string value, out EmulatorRefusal? dead)
    {
        lock (_lock)
        {
            dead = _access.TryGet(value, out var token) ? DeathOf(token, AccessToken) : Unknown(AccessToken, value);
            return dead is null ? token!.Token : null;
        }
    }

    /// <summary>Why a code is unknown.</summary>
    public EmulatorRefusal ExplainCode(string value, bool mayBeRemoved)
    {
        lock (_lock)
        {
            return _access.TryGet(value, out _) || _refresh.TryGet(value, out _) ? DeadToken.OfAnotherKind("code", "a token")
                : !RandomValue.IsCode(value) ? DeadToken.Malformed("code", "cf6941ae8918b6a008f1377f36a4557ab5935b36", value)
                : DeadToken.Unknown("code", value, _since, mayBeRemoved);
        }
    }

    public EmulatorToken? FindRefresh(string value) => Find(_refresh, value)?.Token;

    /// <summary>The grant of an access or refresh token, dead or alive.</summary>
    public Grant? GrantOf(string value)
    {
        lock (_lock)
        {
            return (_access.TryGet(value, out var token) || _refresh.TryGet(value, out token)) ? token.Grant : null;
        }
    }

    /// <summary>The newest token of a grant, dead or alive, which says whose it is.</summary>
    public EmulatorToken? Owner(string grantId)
    {
        lock (_lock)
        {
            return _access.Values.LastOrDefault(token => token.Grant.Id == grantId)?.Token;
        }
    }

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
                token.Spent = reason;
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

    /// <summary>Forgets all tokens, and that there were any.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _access.Clear();
            _refresh.Clear();
            _revocations.Clear();
            _since = clock.GetUtcNow();
            Save();
        }
    }

    public int ExpireAccessTokens()
    {
        lock (_lock)
        {
            var live = _access.Values.Where(IsLive).ToList();
            live.ForEach(token => token.Spent = "it was made to expire");
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

        grant.Revoked = reason;
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

    private EmulatorRefusal Unknown(string kind, string value)
        => _access.TryGet(value, out _) ? DeadToken.OfAnotherKind(kind, "an access token")
            : _refresh.TryGet(value, out _) ? DeadToken.OfAnotherKind(kind, "a refresh token")
            : !RandomValue.IsToken(value) ? DeadToken.Malformed(kind, "83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5", value)
            : DeadToken.Unknown(kind, value, _since, _access.HasRemovedOldest || _refresh.HasRemovedOldest);

    private EmulatorRefusal? DeathOf(TokenEntry token, string kind) => token switch
    {
        { Grant.IsRevoked: true } => DeadToken.Revoked(kind, token.Grant),
        { IsSpent: true } => DeadToken.Spent(kind, token),
        { Token.ExpiresAt: { } expiry } when clock.GetUtcNow() is var now && now >= expiry => DeadToken.Expired(kind, expiry, now),
        _ => null,
    };
}
