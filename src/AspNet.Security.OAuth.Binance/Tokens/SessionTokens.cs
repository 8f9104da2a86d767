using AspNet.Security.OAuth.Binance.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The newest tokens of a session, and their revocation. Best effort: a failure here does not restore the session.
/// </summary>
internal sealed class SessionTokens(
    RefreshChain chain, TokenRefresher refresher, SessionRegistry sessions, TokenRevoker revoker, SafeLogger<SessionTokens> logger)
{
    // Binance limits the rate of requests.
    private const int MostRevocations = 16;

    /// <summary>Runs a revocation, and waits for at most the time limit of a sign-out. It continues in the background.</summary>
    public static async Task WithinAsync(BinanceAuthenticationOptions options, Func<Task> revoke)
    {
        try
        {
            await Task.Run(revoke).WaitAsync(options.RevocationTimeout, options.Clock);
        }
        catch (TimeoutException)
        {
            // The revocation logs its outcome.
        }
    }

    /// <summary>Revokes the tokens of sessions that are over, within the time limit of a sign-out.</summary>
    public Task RevokeAllAsync(IEnumerable<IssuedSession> sessions)
        => Task.WhenAll(sessions.GroupBy(static session => session.Issued).Select(ofScheme => WithinAsync(ofScheme.Key.Options, () =>
        {
            // Two cookies of one sign-in hold the same tokens, which are revoked once.
            var revoked = new HashSet<string>(StringComparer.Ordinal);
            return Parallel.ForEachAsync(
                ofScheme,
                new ParallelOptions { MaxDegreeOfParallelism = MostRevocations },
                async (session, _) => await RevokeAsync(session, await FindNewestAsync(session), new(revoked, session.Issued.Options.Clock)));
        })));

    /// <summary>Finds the newest tokens of a session: a refresh by another request may have replaced those of the ticket, or be in progress.</summary>
    public async Task<HeldTokens> FindNewestAsync(IssuedSession session)
    {
        var (ticket, options) = (session.Properties, session.Issued.Options);

        // Half of a sign-out's time limit; the other half is for the revocation.
        using var timeout = new CancellationTokenSource(options.RevocationTimeout / 2, options.Clock);
        var newest = await chain.FollowAsync(session, inFarm: true, waits: true, timeout.Token);
        if (newest.Tokens is null && session.Stored is { } stored && StoredTokens.RefreshToken(stored) != StoredTokens.RefreshToken(ticket))
        {
            // The outcome of an earlier refresh is not kept any more, and the store has its tokens.
            return await FindNewestAsync(session with { Properties = stored, Stored = null });
        }

        var held = StoredTokens.From(ticket);
        return new(Newer(newest.Tokens), Newer(newest.OwnTokens), newest.Followed, newest.UnderWay);

        BinanceTokens? Newer(BinanceTokens? renewed) => renewed is not null && !StoredTokens.IsOlder(renewed, ticket) ? renewed : held;
    }

    /// <summary>
    /// Revokes the access token of a session that is over, and removes the outcomes of its refreshes. An expired token is refreshed
    /// first: the grant can only be ended with a valid access token (W7).
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="tokens">Its newest tokens.</param>
    /// <param name="revocation">The revocations of the same sign-out.</param>
    public async Task RevokeAsync(IssuedSession session, HeldTokens tokens, SessionRevocation revocation)
    {
        if (tokens.Own is not { } own)
        {
            return;
        }

        // The outcomes first, so that a process that has sent a refresh of this session does not find its outcome, and revoke it as well.
        foreach (var refreshToken in tokens.Followed)
        {
            await refresher.ForgetAsync(session.Issued, refreshToken, session.Id);
        }

        if (session.Key is { } key)
        {
            await sessions.RevokeTokensAsync(key, session.Issued);
            if (tokens.UnderWay is null && own.RefreshToken is { } current)
            {
                own = await refresher.TakeAsync(session.Issued, current, session.Id) ?? own;
            }
        }

        var (issued, refreshing) = (session.Issued, tokens.UnderWay);
        var hasExpired = own.ExpiresAt <= issued.Options.Clock.GetUtcNow();
        if (hasExpired && issued.Options.AutomaticRefresh && own.RefreshToken is not null)
        {
            refreshing ??= refresher.Refresh(session.With(own), isForRevocation: true);
        }

        if (refreshing is not null)
        {
            // Other holders of the refresh token must not use its outcome.
            refreshing.IsForgotten = true;
            var later = RevokeLaterAsync(session, refreshing, revocation);
            if (hasExpired)
            {
                await later;
            }
        }

        // After a refusal the grant is over, and nothing remains to be revoked.
        if (refreshing is null || !hasExpired || refreshing.Outcome is { IsFaulted: true, Exception.InnerException: not BinanceAuthenticationException { Failure: BinanceFailure.InvalidGrant } })
        {
            await RevokeAsync(issued, own.AccessToken, revocation);
        }
    }

    private async Task RevokeAsync(IssuedTicket issued, string accessToken, SessionRevocation revocation)
    {
        // Not cancelled with the request: the sign-out counts even if the user closes the window.
        if (revocation.Begin(accessToken))
        {
            var failure = await revoker.TryRevokeAsync(issued.Scheme, issued.Options, accessToken);
            if (failure is null || revocation.MayReportFailure())
            {
                Log.RevocationEnded(logger, issued.Scheme, failure);
            }

            revocation.End();
        }
    }

    // Revokes the tokens of a refresh that completes after the end of the session. Tokens of another session are not revoked.
    private async Task RevokeLaterAsync(IssuedSession session, RefreshCall refreshing, SessionRevocation revocation)
    {
        await ((Task)refreshing.Outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (refreshing is { Outcome: { IsCompletedSuccessfully: true, Result: var tokens }, IssuedTo: var owner } && (owner is null || owner == session.Id))
        {
            await refresher.ForgetAsync(session.Issued, refreshing.RefreshToken, session.Id);
            await RevokeAsync(session.Issued, tokens.AccessToken, revocation);
        }
    }
}

/// <summary>The tokens of a session.</summary>
/// <param name="Newest">The newest that it may use.</param>
/// <param name="Own">The newest that were issued to it.</param>
/// <param name="Followed">The refresh tokens whose outcomes led to these tokens.</param>
/// <param name="UnderWay">The refresh in progress.</param>
internal readonly record struct HeldTokens(BinanceTokens? Newest, BinanceTokens? Own, IReadOnlyList<string> Followed, RefreshCall? UnderWay)
{
    public bool Shares(HeldTokens other)
        => Newest is { } one && other.Newest is { } two
            && (one.AccessToken == two.AccessToken || (one.RefreshToken is not null && one.RefreshToken == two.RefreshToken));
}

/// <summary>The revocation for one session that ended. It revokes each access token once in a request, and reports one failure.</summary>
/// <param name="revoked">The access tokens that the request has revoked.</param>
/// <param name="time">The clock.</param>
internal sealed class SessionRevocation(HashSet<string> revoked, TimeProvider time)
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _began;
    private bool _isReported;

    /// <returns><see langword="false"/> if the access token is revoked already.</returns>
    public bool Begin(string accessToken)
    {
        lock (revoked)
        {
            if (!revoked.Add(accessToken))
            {
                return false;
            }

            _began = time.GetTimestamp();
            return true;
        }
    }

    public void End() => _end.TrySetResult();

    /// <summary>Waits briefly for the request to Binance if its own time limit has passed as well.</summary>
    public async Task EndsNowAsync(TimeSpan timeout)
    {
        bool isOver;
        lock (revoked)
        {
            isOver = _began != 0 && time.GetElapsedTime(_began) >= timeout;
        }

        if (isOver)
        {
            // Bounded, because an application's own HTTP handler may ignore the cancellation.
            await ((Task)_end.Task.WaitAsync(_grace, TimeProvider.System)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns><see langword="false"/> if a failure is reported already.</returns>
    public bool MayReportFailure()
    {
        lock (revoked)
        {
            return !_isReported && (_isReported = true);
        }
    }
}
