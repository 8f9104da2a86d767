using AspNet.Security.OAuth.Binance.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The newest tokens of a session, and their revocation. Best effort: whatever fails here, the session is over.
/// </summary>
internal sealed class SessionTokens(
    RefreshChain chain, TokenRefresher refresher, SessionRegistry sessions, TokenRevoker revoker, SafeLogger<SessionTokens> logger)
{
    // Binance limits how many requests it takes.
    private const int MostRevocations = 16;

    /// <summary>Runs what ends sessions, as long as a sign-out waits; what takes longer goes on by itself.</summary>
    public static async Task WithinAsync(BinanceAuthenticationOptions options, Func<Task> revoke)
    {
        try
        {
            await Task.Run(revoke).WaitAsync(options.RevocationTimeout, options.Clock);
        }
        catch (TimeoutException)
        {
            // It logs how it ends.
        }
    }

    /// <summary>Revokes the tokens of sessions that are over, within the time of a sign-out.</summary>
    public Task RevokeAllAsync(IEnumerable<IssuedSession> sessions)
        => Task.WhenAll(sessions.GroupBy(static session => session.Issued).Select(ofScheme => WithinAsync(ofScheme.Key.Options, () =>
        {
            // Two cookies of one sign-in hold the same tokens.
            var revoked = new HashSet<string>(StringComparer.Ordinal);
            return Parallel.ForEachAsync(
                ofScheme,
                new ParallelOptions { MaxDegreeOfParallelism = MostRevocations },
                async (session, _) => await RevokeAsync(session, await FindNewestAsync(session), new(revoked, session.Issued.Options.Clock)));
        })));

    /// <summary>Finds the newest tokens of a session: a refresh by another request may have replaced those of the ticket, or be about to.</summary>
    public async Task<HeldTokens> FindNewestAsync(IssuedSession session)
    {
        var (ticket, options) = (session.Properties, session.Issued.Options);

        // Half of the time that a sign-out has: the other half is for the revocation.
        using var timeout = new CancellationTokenSource(options.RevocationTimeout / 2, options.Clock);
        var newest = await chain.FollowAsync(session, inFarm: true, waits: true, timeout.Token);
        var held = StoredTokens.From(ticket);
        return new(Newer(newest.Tokens), Newer(newest.OwnTokens), newest.Followed, newest.UnderWay);

        BinanceTokens? Newer(BinanceTokens? renewed) => renewed is not null && !StoredTokens.IsOlder(renewed, ticket) ? renewed : held;
    }

    /// <summary>
    /// Revokes the access token of a session that is over, and forgets the outcomes of its refreshes. One that has expired is refreshed
    /// first: only with a living access token can the grant be ended (W7).
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="tokens">Its newest tokens.</param>
    /// <param name="revocation">What the same sign-out has revoked.</param>
    public async Task RevokeAsync(IssuedSession session, HeldTokens tokens, SessionRevocation revocation)
    {
        if (tokens.Own is not { } own)
        {
            return;
        }

        // First, so that a process that has sent a refresh of this session does not find its outcome, and revoke it as well.
        foreach (var refreshToken in tokens.Followed)
        {
            await refresher.ForgetAsync(session.Issued, refreshToken, session.Id);
        }

        if (session.Key is { } key)
        {
            await sessions.RevokeTokensAsync(key, session.Issued);
        }

        var (issued, refreshing) = (session.Issued, tokens.UnderWay);
        var hasExpired = own.ExpiresAt <= issued.Options.Clock.GetUtcNow();
        if (hasExpired && issued.Options.AutomaticRefresh && own.RefreshToken is not null)
        {
            refreshing ??= refresher.Refresh(session.With(own), isForRevocation: true);
        }

        if (refreshing is not null)
        {
            // What it brings is for nobody else who holds the refresh token.
            refreshing.IsForgotten = true;
            var later = RevokeLaterAsync(session, refreshing, revocation);
            if (hasExpired)
            {
                await later;
            }
        }

        // After a refusal the grant is over, and with it all that could be revoked.
        if (refreshing is null || !hasExpired || refreshing.Outcome is { IsFaulted: true, Exception.InnerException: not BinanceAuthenticationException { Failure: BinanceFailure.InvalidGrant } })
        {
            await RevokeAsync(issued, own.AccessToken, revocation);
        }
    }

    private async Task RevokeAsync(IssuedTicket issued, string accessToken, SessionRevocation revocation)
    {
        // Without the cancellation of any request: a user who closes the window right after signing out means it.
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

    // A refresh that ends when the session is over. What was brought for another session is not for this one to revoke.
    private async Task RevokeLaterAsync(IssuedSession session, RefreshCall refreshing, SessionRevocation revocation)
    {
        await ((Task)refreshing.Outcome).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (refreshing is { Outcome: { IsCompletedSuccessfully: true, Result: var tokens }, IsOthers: false })
        {
            await refresher.ForgetAsync(session.Issued, refreshing.RefreshToken, session.Id);
            await RevokeAsync(session.Issued, tokens.AccessToken, revocation);
        }
    }
}

/// <summary>The tokens of a session.</summary>
/// <param name="Newest">The newest that serve it.</param>
/// <param name="Own">The newest that were given to it.</param>
/// <param name="Followed">The refresh tokens whose outcomes led to these tokens.</param>
/// <param name="UnderWay">The refresh that has not ended.</param>
internal readonly record struct HeldTokens(BinanceTokens? Newest, BinanceTokens? Own, IReadOnlyList<string> Followed, RefreshCall? UnderWay)
{
    public bool Shares(HeldTokens other)
        => Newest is { } one && other.Newest is { } two
            && (one.AccessToken == two.AccessToken || (one.RefreshToken is not null && one.RefreshToken == two.RefreshToken));
}

/// <summary>The revocation for one session that ended: each access token once in a request, and one report of a failure.</summary>
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

    /// <summary>Waits for the request to Binance if it ends at this very moment, because its own time is over.</summary>
    public async Task EndsNowAsync(TimeSpan timeout)
    {
        bool isOver;
        lock (revoked)
        {
            isOver = _began != 0 && time.GetElapsedTime(_began) >= timeout;
        }

        if (isOver)
        {
            // An application's own HTTP handler may not notice.
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
