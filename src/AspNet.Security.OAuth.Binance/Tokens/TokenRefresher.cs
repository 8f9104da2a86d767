using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Gets new tokens for a refresh token of a scheme: through the single flight of this process, then through the web farm's lock, then from Binance.
/// </summary>
internal sealed class TokenRefresher(BinanceSchemes schemes, WebFarm farm, BinanceMetrics metrics, ILogger<TokenRefresher> logger)
{
    private readonly ConcurrentDictionary<string, BinanceTokenRefresher> _refreshers = new(StringComparer.Ordinal);

    /// <exception cref="BinanceAuthenticationException">The refresh failed. It is logged already.</exception>
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the refresh goes on for the others.</exception>
    public Task<BinanceTokens> RefreshAsync(string scheme, string refreshToken, CancellationToken cancellationToken)
        => RefresherOf(scheme).RefreshAsync(refreshToken, cancellationToken);

    /// <summary>Finds the tokens that took the place of those with this refresh token, if it was refreshed shortly before or is being refreshed.</summary>
    public async Task<BinanceTokens?> FindRenewedAsync(string scheme, string? refreshToken, CancellationToken cancellationToken)
    {
        BinanceTokens? newest = null;

        // A server may keep its refresh token, or return to an earlier one: the chain ends where it would begin anew.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (refreshToken is not null
            && seen.Add(refreshToken)
            && await FindOutcomeAsync(scheme, refreshToken).WaitAsync(cancellationToken) is { } renewed)
        {
            newest = renewed;
            refreshToken = renewed.RefreshToken;
        }

        return newest;
    }

    private async Task<BinanceTokens?> FindOutcomeAsync(string scheme, string refreshToken)
    {
        try
        {
            return RefresherOf(scheme).Find(refreshToken) is { } here
                ? await here
                : (await farm.FindAsync(scheme, schemes.Get(scheme), refreshToken))?.Tokens;
        }
        catch (BinanceAuthenticationException)
        {
            return null;
        }
    }

    private BinanceTokenRefresher RefresherOf(string scheme)
        => _refreshers.GetOrAdd(
            scheme,
            static (scheme, all) => new(refreshToken => all.RefreshOnceAsync(scheme, refreshToken), all.SchemeClock(scheme)),
            this);

    private TimeProvider SchemeClock(string scheme) => schemes.Get(scheme).Clock;

    private async Task<BinanceTokens> RefreshOnceAsync(string scheme, string refreshToken)
    {
        try
        {
            var options = schemes.Get(scheme);
            return await farm.RefreshAsync(scheme, options, refreshToken, () => CallAsync(scheme, options, refreshToken));
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
            // Without the token of any request: the call has a timeout, and cutting it short may lose the only response.
            var tokens = await metrics.MeasureRefreshAsync(
                scheme, options.Clock, () => options.CreateClient().RefreshAsync(refreshToken, CancellationToken.None));
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
