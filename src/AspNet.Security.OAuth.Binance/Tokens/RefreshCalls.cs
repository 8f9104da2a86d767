namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The refreshes of one scheme in this process, and for a while what they brought. Calls with one refresh token are made one after the other:
/// a server that rotates takes a second use for theft (RFC 9700 section 4.14.2). Whoever asks for the same session shares a call; another
/// session that holds the same refresh token gets its outcome, if that serves it, or makes the next call.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="isRevoked">Returns whether a session has ended and its tokens are revoked.</param>
internal sealed class RefreshCalls(TimeProvider time, Func<SessionKey, bool> isRevoked)
{
    // Who still holds a spent refresh token must not write it over a newer one.
    private static readonly TimeSpan _spentFor = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();

    // Without a session: what serves everybody who holds the refresh token.
    private readonly Dictionary<(string RefreshToken, string? SessionId), RefreshCall> _calls = [];
    private readonly Dictionary<string, RefreshCall> _latest = new(StringComparer.Ordinal);

    /// <summary>Joins the call for a session, or starts one.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="sessionId">The id of the session, if it is for one.</param>
    /// <param name="session">The same with its cookie, if that is known.</param>
    /// <param name="aloneAt">The moment from which the refresh cannot wait for a store, or <see langword="null"/> if it never can.</param>
    /// <param name="send">Makes the call.</param>
    public RefreshCall Join(
        string refreshToken, string? sessionId, SessionKey? session, DateTimeOffset? aloneAt, Func<RefreshCall, Task<BinanceTokens>> send)
    {
        RefreshCall call;
        RefreshCall? previous;
        lock (_lock)
        {
            if (FindUsable(refreshToken, sessionId) is { } known)
            {
                known.GoAloneAt(aloneAt);
                return known;
            }

            previous = _latest.GetValueOrDefault(refreshToken);
            call = new(refreshToken, sessionId, session, time);
            call.GoAloneAt(aloneAt);
            _calls[(refreshToken, sessionId)] = _latest[refreshToken] = call;
        }

        // What is ambient in the request of the first caller must not live on in the call.
        using (new DetachedFlow())
        {
            _ = Task.Run(() => RunAsync(call, previous, send));
        }

        return call;
    }

    /// <summary>Finds the call whose outcome serves a session, and which may be under way.</summary>
    public RefreshCall? Find(string refreshToken, string? sessionId)
    {
        lock (_lock)
        {
            return FindUsable(refreshToken, sessionId);
        }
    }

    /// <summary>Returns a value indicating whether a refresh token was exchanged for another one within the last ten minutes.</summary>
    public bool IsSpent(string refreshToken)
    {
        lock (_lock)
        {
            return _latest.TryGetValue(refreshToken, out var call) && call.IsRotated;
        }
    }

    /// <summary>Forgets the outcome of a session that is over, or lets the call that is under way bring it to nobody.</summary>
    public void Forget(string refreshToken, string? sessionId)
    {
        lock (_lock)
        {
            Forget((refreshToken, sessionId));
            Forget((refreshToken, null));
        }

        void Forget((string RefreshToken, string? SessionId) key)
        {
            if (_calls.TryGetValue(key, out var call) && (call.SessionId is null || call.SessionId == sessionId))
            {
                call.IsForgotten = true;
                if (call.IsCompleted)
                {
                    _calls.Remove(key);
                }
            }
        }
    }

    private RefreshCall? FindUsable(string refreshToken, string? sessionId)
        => _calls.TryGetValue((refreshToken, null), out var call) && Serves(call, sessionId) ? call
            : sessionId is not null && _calls.TryGetValue((refreshToken, sessionId), out call) && call.IsUsable ? call
            : null;

    private bool Serves(RefreshCall call, string? sessionId)
        => call.IsUsable && (call.SessionId == sessionId || call.Session is not { } session || !isRevoked(session));

    private async Task RunAsync(RefreshCall call, RefreshCall? previous, Func<RefreshCall, Task<BinanceTokens>> send)
    {
        var running = previous is null ? send(call) : AfterAsync(previous, call, send);
        await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Complete(call, running, LifetimeOf(running));
    }

    private async Task<BinanceTokens> AfterAsync(RefreshCall previous, RefreshCall call, Func<RefreshCall, Task<BinanceTokens>> send)
    {
        await ((Task)previous.Outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (RefreshCall? earlier = previous; earlier is not null; earlier = earlier.ServedBy)
        {
            if (earlier.IsForAll && Serves(earlier, call.SessionId))
            {
                (call.ServedBy, call.IsOthers) = (earlier, earlier.IsOthers || (earlier.SessionId is not null && earlier.SessionId != call.SessionId));
                return await earlier.Outcome;
            }
        }

        return await send(call);
    }

    private void Complete(RefreshCall call, Task<BinanceTokens> outcome, TimeSpan lifetime)
    {
        lock (_lock)
        {
            call.Complete(outcome, lifetime);
            var (own, all) = ((call.RefreshToken, call.SessionId), (call.RefreshToken, (string?)null));
            if (!call.IsUsable)
            {
                Remove(own, call);
            }
            else if (call.IsForAll && own != all)
            {
                // Not in place of the call that it was served by, nor of one that is under way.
                _calls.Remove(own);
                if (_calls.GetValueOrDefault(all) is not { IsUsable: true } other || (other.IsCompleted && call.ServedBy is null))
                {
                    _calls[all] = call;
                }
            }

            var kept = call.IsRotated ? _spentFor : lifetime;
            if (kept <= TimeSpan.Zero)
            {
                Remove(call);
                return;
            }

            call.Removal = time.CreateTimer(_ => RemoveLater(call), null, kept, Timeout.InfiniteTimeSpan);
        }
    }

    private void RemoveLater(RefreshCall call)
    {
        lock (_lock)
        {
            Remove(call);
        }

        call.Removal?.Dispose();
    }

    private void Remove(RefreshCall call)
    {
        Remove((call.RefreshToken, call.SessionId), call);
        Remove((call.RefreshToken, null), call);
        if (_latest.GetValueOrDefault(call.RefreshToken) == call)
        {
            _latest.Remove(call.RefreshToken);
        }
    }

    private void Remove((string RefreshToken, string? SessionId) key, RefreshCall call)
    {
        if (_calls.GetValueOrDefault(key) == call)
        {
            _calls.Remove(key);
        }
    }

    // A store that was unavailable says nothing: whoever comes next tries again, and the store has a pause of its own.
    private TimeSpan LifetimeOf(Task<BinanceTokens> outcome)
        => outcome.IsCompletedSuccessfully ? BinanceTokenRefresher.LifetimeOf(outcome.Result, time.GetUtcNow())
            : outcome.Exception?.InnerException is RefreshPostponedException ? TimeSpan.Zero
            : BinanceTokenRefresher.LifetimeOf((outcome.Exception?.InnerException as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown);
}

/// <summary>A refresh was not made, because a store of the web farm is unavailable and the access token is good.</summary>
internal sealed class RefreshPostponedException()
    : BinanceAuthenticationException(BinanceFailure.Unavailable, "Binance's token endpoint: the refresh waits for the web farm's lock and cache.");
