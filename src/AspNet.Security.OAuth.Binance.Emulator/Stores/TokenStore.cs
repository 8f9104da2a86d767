namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>The revocation of a grant or of an access token, for the status page.</summary>
internal sealed record Revocation(DateTimeOffset At, string ClientId, string UserId, string Token, string Reason);

/// <summary>All tokens. One lock makes a refresh, a revocation and the detection of a reuse atomic.</summary>
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

    /// <summary>Loads the tokens of a file, and stores all changes in it from now on.</summary>
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
                // Stores tokens that were issued before, and reports at the start that the file cannot be written.
                Save();
            }
            catch
            {
                Close();
                throw;
            }
        }
    }

    /// <summary>Closes the file. Later changes are not stored.</summary>
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

    /// <summary>Refreshes, by <see cref="BinanceEmulatorOptions.RefreshTokenBehavior"/>.</summary>
    /// <param name="value">The refresh token.</param>
    /// <param name="clientId">The authenticated client.</param>
    /// <param name="scopes">The requested scopes; <see langword="null"/> for all that were granted.</param>
    /// <param name="reason">Why the refresh token is invalid; otherwise <see langword="null"/>.</param>
    /// <returns>The tokens; <see langword="null"/> when the refresh token is invalid, or a requested scope was not granted.</returns>
    public EmulatorTokenPair? Refresh(string value, string clientId, IReadOnlyList<string>? scopes, out EmulatorRefusal? reason)
    {
        lock (_lock)
        {
            // A token of another client is not revoked: a client must not be able to end another client's session (RFC 6749 section 10.4).
            if (!_refresh.TryGet(value, out var token) || token.Grant.ClientId != clientId)
            {
                reason = token is null ? Unknown(RefreshToken, value) : TokenRefusal.OfAnotherClient(RefreshToken, token.Grant, clientId);
                return null;
            }

            if (token.IsSpent && options.RefreshTokenBehavior == RefreshTokenBehavior.RotateAndRevokeOnReuse)
            {
                RevokeGrant(token.Grant, value, "Refresh token used twice");
                Save();
            }

            reason = RefusalOf(token, RefreshToken);
            if (reason is not null || scopes?.Except(token.Token.Scopes, StringComparer.Ordinal).Any() is true)
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
    /// <param name="reason">Why it is invalid; otherwise <see langword="null"/>.</param>
    public EmulatorToken? FindAccess(string value, out EmulatorRefusal? reason)
    {
        lock (_lock)
        {
            reason = _access.TryGet(value, out var token) ? RefusalOf(token, AccessToken) : Unknown(AccessToken, value);
            return reason is null ? token!.Token : null;
        }
    }

    /// <summary>Explains why a code is unknown.</summary>
    public EmulatorRefusal ExplainCode(string value, bool mayBeRemoved)
    {
        lock (_lock)
        {
            return _access.TryGet(value, out _) || _refresh.TryGet(value, out _) ? TokenRefusal.OfAnotherKind("code", "a token")
                : !RandomValue.IsCode(value) ? TokenRefusal.Malformed("code", "cf6941ae8918b6a008f1377f36a4557ab5935b36", value)
                : TokenRefusal.Unknown("code", value, _since, mayBeRemoved);
        }
    }

    public EmulatorToken? FindRefresh(string value) => Find(_refresh, value)?.Token;

    /// <summary>Finds the grant of an access or refresh token, valid or not.</summary>
    public Grant? GrantOf(string value)
    {
        lock (_lock)
        {
            return (_access.TryGet(value, out var token) || _refresh.TryGet(value, out token)) ? token.Grant : null;
        }
    }

    /// <summary>Finds the newest access token of a grant, valid or not: it has the client and the account.</summary>
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

    /// <summary>Revokes a live access token, by <see cref="BinanceEmulatorOptions.RevocationBehavior"/>.</summary>
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

    /// <summary>Removes all tokens and the list of revocations.</summary>
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
            live.ForEach(token => token.Spent = "it was expired by a test");
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

        // Used refresh tokens of a live grant are removed last, so that their reuse is detected.
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
        => _access.TryGet(value, out _) ? TokenRefusal.OfAnotherKind(kind, "an access token")
            : _refresh.TryGet(value, out _) ? TokenRefusal.OfAnotherKind(kind, "a refresh token")
            : !RandomValue.IsToken(value) ? TokenRefusal.Malformed(kind, "83f2bf51-a2c4-4c2e-b7c4-46cef6a8dba5", value)
            : TokenRefusal.Unknown(kind, value, _since, _access.HasRemovedOldest || _refresh.HasRemovedOldest);

    private EmulatorRefusal? RefusalOf(TokenEntry token, string kind) => token switch
    {
        { Grant.IsRevoked: true } => TokenRefusal.Revoked(kind, token.Grant),
        { IsSpent: true } => TokenRefusal.Spent(kind, token),
        { Token.ExpiresAt: { } expiry } when clock.GetUtcNow() is var now && now >= expiry => TokenRefusal.Expired(kind, expiry, now),
        _ => null,
    };
}
