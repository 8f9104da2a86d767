namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Follows the recent refreshes, in this process and in the web farm, from the tokens of a ticket to the newest ones, without making a refresh.
/// </summary>
internal sealed class RefreshChain(TokenRefresher refresher, WebFarm farm)
{
    private static readonly Task<NewestTokens> _unchanged = Task.FromResult(new NewestTokens());

    /// <summary>Follows the refreshes.</summary>
    /// <param name="session">The session.</param>
    /// <param name="inFarm">Whether to look in the cache of the web farm as well.</param>
    /// <param name="waits">Whether to wait for a refresh in progress; otherwise the result reports it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public Task<NewestTokens> FollowAsync(IssuedSession session, bool inFarm, bool waits, CancellationToken cancellationToken)
        => StoredTokens.RefreshToken(session.Properties) is { } refreshToken
            && (inFarm || refresher.Find(session.Issued.Scheme, refreshToken, session.Id) is not null || refresher.IsSpent(session.Issued.Scheme, refreshToken))
                ? FollowAsync(session, refreshToken, inFarm, waits, cancellationToken)
                : _unchanged;

    private async Task<NewestTokens> FollowAsync(IssuedSession session, string first, bool inFarm, bool waits, CancellationToken cancellationToken)
    {
        var (scheme, options) = session.Issued;
        var newest = new NewestTokens();
        var isOwn = true;

        // A server may not rotate the refresh token, or reuse an earlier one: the chain ends before it repeats.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var refreshToken = first; refreshToken is not null && seen.Add(refreshToken); refreshToken = newest.Tokens?.RefreshToken)
        {
            var call = refresher.Find(scheme, refreshToken, session.Id);
            if (call is { IsCompleted: false } && !waits)
            {
                return newest with { Last = NewestTokens.Outcome.UnderWay };
            }

            try
            {
                var outcome = call is not null
                    ? new TokenOutcome(await call.WaitAsync(options.BackchannelTimeout, cancellationToken), null) { SessionId = call.IssuedTo }
                    : inFarm ? await farm.FindAsync(new(scheme, options, refreshToken) { SessionId = session.Id }).WaitAsync(cancellationToken) : null;
                if (outcome is null)
                {
                    return newest.Tokens is null && refresher.IsSpent(scheme, refreshToken) ? newest with { Last = NewestTokens.Outcome.Spent } : newest;
                }

                var tokens = outcome.OrThrow().Tokens!;
                isOwn &= outcome.SessionId is null || outcome.SessionId == session.Id;
                newest = new()
                {
                    Tokens = tokens,
                    OwnTokens = isOwn ? tokens : newest.OwnTokens,
                    Followed = [.. newest.Followed, refreshToken],
                };
            }
            catch (BinanceAuthenticationException exception)
            {
                return newest with
                {
                    Last = exception.Failure is BinanceFailure.InvalidGrant ? NewestTokens.Outcome.Refused : NewestTokens.Outcome.Known,
                    UnderWay = call is { IsCompleted: false } ? call : null,
                };
            }
            catch (OperationCanceledException)
            {
                return newest with { UnderWay = call };
            }
        }

        return newest;
    }
}

/// <summary>The tokens that replaced those of a ticket, as far as they are known.</summary>
internal sealed record NewestTokens
{
    /// <summary>Gets the newest tokens, or <see langword="null"/> if they were not replaced.</summary>
    public BinanceTokens? Tokens { get; init; }

    /// <summary>
    /// Gets the newest tokens of refreshes for this session, or for every holder of the refresh token. A server may issue one refresh token to several sessions,
    /// and this session must not revoke the tokens of another one.
    /// </summary>
    public BinanceTokens? OwnTokens { get; init; }

    /// <summary>Gets the outcome of the last refresh.</summary>
    public Outcome Last { get; init; }

    /// <summary>Gets the refresh that is still in progress.</summary>
    public RefreshCall? UnderWay { get; init; }

    /// <summary>Gets the refresh tokens whose outcomes led to the newest tokens.</summary>
    public IReadOnlyList<string> Followed { get; init; } = [];

    internal enum Outcome
    {
        Known,
        UnderWay,

        /// <summary>Other tokens replaced them, and are not known any more.</summary>
        Spent,
        Refused,
    }
}
