namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The refreshes of one scheme in this process, and their recent outcomes. Calls with one refresh token run one after the other:
/// a server that rotates refresh tokens treats a second use as theft (RFC 9700 section 4.14.2). Callers for the same session share a call; another
/// session that holds the same refresh token uses its outcome, if that is for all holders, or makes the next call.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="isRevoked">Returns whether a session has ended and its tokens are revoked.</param>
internal sealed class RefreshCalls(TimeProvider time, Func<SessionKey, bool> isRevoked)
{
    // A spent refresh token is remembered this long, so that its holders do not write it over a newer one.
    private static readonly TimeSpan _spentFor = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();

    // With a SessionId of null: the call for all holders of the refresh token.
    private readonly Dictionary<(string RefreshToken, string? SessionId), RefreshCall> _calls = [];
    private readonly Dictionary<string, RefreshCall> _latest = new(StringComparer.Ordinal);

    /// <summary>Joins the call for a session, or starts one.</summary>
    /// <param name="refreshToken">The refresh token.</param>
    /// <param name="sessionId">The id of the session, if it is for one.</param>
    /// <param name="session">The same with the scheme of its cookie, if that is known.</param>
    /// <param name="aloneAt">The time after which the refresh cannot wait for an unavailable store, or <see langword="null"/> if it never can.</param>
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

        // Without the execution context of the first caller's request, because the call outlives it.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => RunAsync(call, previous, send));
        }

        return call;
    }

    /// <summary>Finds the call for a session, in progress or completed.</summary>
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

    /// <summary>Marks the call for a session that is over, in progress or completed, so that its outcome is not used.</summary>
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
                (call.ServedBy, call.IssuedTo) = (earlier, earlier.IssuedTo);
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
            if (call.IsUsable && call.IsForAll && own != all)
            {
                // Replaces neither the call whose outcome it uses, nor a call in progress.
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

    // A postponed refresh is not kept: the next caller tries again. The stores have a pause of their own.
    private TimeSpan LifetimeOf(Task<BinanceTokens> outcome)
        => outcome.IsCompletedSuccessfully ? BinanceTokenRefresher.LifetimeOf(outcome.Result, time.GetUtcNow())
            : outcome.Exception?.InnerException is RefreshPostponedException ? TimeSpan.Zero
            : BinanceTokenRefresher.LifetimeOf((outcome.Exception?.InnerException as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown);
}

/// <summary>A refresh was not made, because a store of the web farm is unavailable and the access token is valid.</summary>
internal sealed class RefreshPostponedException()
    : BinanceAuthenticationException(BinanceFailure.Unavailable, "Binance's token endpoint: the refresh waits for the web farm's lock and cache.");
