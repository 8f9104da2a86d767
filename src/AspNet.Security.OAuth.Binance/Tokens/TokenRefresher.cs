using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Gets new tokens for a refresh token of a scheme: through the single flight of this process, then through the web farm's lock, then
/// from Binance. It knows the outcomes of the last minutes, in this process and in the farm.
/// </summary>
internal sealed class TokenRefresher(BinanceSchemes schemes, WebFarm farm, BinanceMetrics metrics, ILogger<TokenRefresher> logger)
{
    private static readonly Task<NewestTokens> _unchanged = Task.FromResult(new NewestTokens(null, NewestTokens.Outcome.Known, []));

    private readonly ConcurrentDictionary<string, BinanceTokenRefresher> _refreshers = new(StringComparer.Ordinal);

    /// <exception cref="BinanceAuthenticationException">The refresh failed, which is logged already; or it takes longer than this caller waits.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the refresh goes on for the others.</exception>
    public Task<BinanceTokens> RefreshAsync(string scheme, string refreshToken, CancellationToken cancellationToken)
        => RefresherOf(scheme).RefreshAsync(refreshToken, cancellationToken);

    /// <summary>Refreshes as <see cref="RefreshAsync"/> does, and waits until the call is over.</summary>
    /// <exception cref="BinanceAuthenticationException">The refresh failed, which is logged already.</exception>
    public async Task<BinanceTokens> RefreshToEndAsync(string scheme, string refreshToken)
    {
        try
        {
            return await RefreshAsync(scheme, refreshToken, CancellationToken.None);
        }
        catch (BinanceAuthenticationException exception)
            when (exception.Failure is BinanceFailure.Timeout && RefresherOf(scheme).Find(refreshToken) is { } call)
        {
            return await call;
        }
    }

    /// <summary>
    /// Follows the refreshes of the last minutes from the tokens of a ticket to the newest ones, without making any.
    /// </summary>
    /// <param name="issued">The scheme that issued the ticket.</param>
    /// <param name="refreshToken">The refresh token of the ticket, if it has one.</param>
    /// <param name="inFarm">Whether to look in the cache of the web farm as well.</param>
    /// <param name="waits">Whether to wait for a refresh that is under way; otherwise it is reported.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<NewestTokens> FindNewestAsync(
        IssuedTicket issued, string? refreshToken, bool inFarm, bool waits, CancellationToken cancellationToken)
        => refreshToken is null || (!inFarm && RefresherOf(issued.Scheme) is var known && known.Find(refreshToken) is null && !known.IsSpent(refreshToken))
            ? _unchanged
            : FollowAsync(issued, refreshToken, inFarm, waits, cancellationToken);

    private async Task<NewestTokens> FollowAsync(
        IssuedTicket issued, string? refreshToken, bool inFarm, bool waits, CancellationToken cancellationToken)
    {
        BinanceTokens? newest = null;

        // A server may keep its refresh token, or return to an earlier one: the chain ends where it would begin anew.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (refreshToken is not null && seen.Add(refreshToken))
        {
            var here = RefresherOf(issued.Scheme).Find(refreshToken);
            if (here is { IsCompleted: false } && !waits)
            {
                return new(newest, NewestTokens.Outcome.UnderWay, seen);
            }

            try
            {
                var renewed = here is not null
                    ? await RefresherOf(issued.Scheme).FindAsync(refreshToken, cancellationToken)
                    : inFarm && await farm.FindAsync(new(issued.Scheme, issued.Options, refreshToken)).WaitAsync(cancellationToken) is { } outcome
                        ? outcome.OrThrow().Tokens
                        : null;
                if (renewed is null)
                {
                    if (newest is null && RefresherOf(issued.Scheme).IsSpent(refreshToken))
                    {
                        return new(null, NewestTokens.Outcome.Spent, seen);
                    }

                    break;
                }

                newest = renewed;
                refreshToken = renewed.RefreshToken;
            }
            catch (BinanceAuthenticationException exception)
            {
                return new(newest, exception.Failure is BinanceFailure.InvalidGrant ? NewestTokens.Outcome.Refused : NewestTokens.Outcome.Known, seen);
            }
        }

        return new(newest, NewestTokens.Outcome.Known, seen);
    }

    /// <summary>
    /// Returns a value indicating whether nobody in another process has seen the outcome of a refresh, and forgotten it with the session that it was for.
    /// </summary>
    public async Task<bool> IsUnknownElsewhereAsync(IssuedTicket issued, string refreshToken)
        => !farm.IsShared || await farm.FindAsync(new(issued.Scheme, issued.Options, refreshToken)) is not null;

    /// <summary>Forgets the outcomes of a session that is over.</summary>
    public async Task ForgetAsync(IssuedTicket issued, IEnumerable<string> refreshTokens)
    {
        foreach (var refreshToken in refreshTokens)
        {
            RefresherOf(issued.Scheme).Forget(refreshToken);
            await farm.ForgetAsync(new(issued.Scheme, issued.Options, refreshToken));
        }
    }

    private BinanceTokenRefresher RefresherOf(string scheme)
        => _refreshers.GetOrAdd(scheme, static (scheme, all) => all.Create(scheme), this);

    private BinanceTokenRefresher Create(string scheme)
    {
        var options = schemes.Get(scheme);
        return new(refreshToken => RefreshOnceAsync(scheme, refreshToken), options.Clock, options.BackchannelTimeout);
    }

    private async Task<BinanceTokens> RefreshOnceAsync(string scheme, string refreshToken)
    {
        try
        {
            var options = schemes.Get(scheme);
            var outcome = await farm.RunAsync(
                new(scheme, options, refreshToken), async () => new(await CallAsync(scheme, options, refreshToken), null));
            return outcome.Tokens!;
        }
        catch (Exception exception) when (exception is not BinanceAuthenticationException)
        {
            // An application's own HTTP handler can throw anything. Nobody who waits may lose the session for it, and its message may hold anything.
            throw Logged(scheme, new(BinanceFailure.Unknown, $"Binance's token endpoint: {exception.GetType().Name}."));
        }
    }

    private async Task<BinanceTokens> CallAsync(string scheme, BinanceAuthenticationOptions options, string refreshToken)
    {
        try
        {
            // Without the token of any request: cutting the call short may lose the only response.
            var tokens = await metrics.MeasureRefreshAsync(
                scheme, options.Clock, () => options.GetClient().RefreshAsync(refreshToken, CancellationToken.None));
            Log.Refreshed(logger, scheme);
            return tokens;
        }
        catch (BinanceAuthenticationException exception)
        {
            throw Logged(scheme, exception);
        }
    }

    private BinanceAuthenticationException Logged(string scheme, BinanceAuthenticationException exception)
    {
        var level = Log.LevelOf(exception.Failure);
        Log.RefreshFailed(logger, level, scheme, exception.Failure, exception.Message);
        return exception;
    }
}

/// <summary>What is known of the tokens that took the place of others.</summary>
/// <param name="Tokens">The newest tokens, or <see langword="null"/> if no others took the place.</param>
/// <param name="Last">What became of the last refresh.</param>
/// <param name="RefreshTokens">The refresh tokens on the way, the first and the last included.</param>
internal readonly record struct NewestTokens(BinanceTokens? Tokens, NewestTokens.Outcome Last, IReadOnlyCollection<string> RefreshTokens)
{
    internal enum Outcome
    {
        Known,
        UnderWay,

        /// <summary>Others took the place, which are not known any more.</summary>
        Spent,
        Refused,
    }
}
