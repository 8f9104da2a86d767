using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Gets new tokens for a refresh token: through the gate of this process, then through that of the farm, then from Binance.
/// </summary>
internal sealed class TokenRefresher(
    IOptionsMonitor<BinanceAuthenticationOptions> options,
    RefreshGate gate,
    FarmGate farm,
    BinanceMetrics metrics,
    ILogger<BinanceAuthenticationHandler> logger)
{
    /// <exception cref="OperationCanceledException">The caller stopped waiting; the refresh goes on for the others.</exception>
    public Task<WireResult<BinanceTokens>> RefreshAsync(string scheme, string refreshToken, CancellationToken cancellationToken)
    {
        var schemeOptions = options.Get(scheme);
        var key = new RefreshKey(scheme, refreshToken);
        return gate.RefreshAsync(key, () => RefreshOnceAsync(key, schemeOptions), schemeOptions.Clock(), cancellationToken);
    }

    /// <summary>The tokens that took the place of those with this refresh token, if there was such a refresh a moment ago or there is one now.</summary>
    public async Task<BinanceTokens?> FindRenewedAsync(string scheme, string? refreshToken, CancellationToken cancellationToken)
    {
        BinanceTokens? newest = null;

        // A server may keep its refresh token, or come back to an earlier one: the chain ends where it would begin anew.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (refreshToken is not null
            && seen.Add(refreshToken)
            && await FindOutcomeAsync(new RefreshKey(scheme, refreshToken), cancellationToken) is { Value: { } renewed })
        {
            newest = renewed;
            refreshToken = renewed.RefreshToken;
        }

        return newest;
    }

    private async Task<WireResult<BinanceTokens>?> FindOutcomeAsync(RefreshKey key, CancellationToken cancellationToken)
        => gate.Find(key) is { } here
            ? await here.WaitAsync(cancellationToken)
            : await farm.FindAsync(key, options.Get(key.Scheme)).WaitAsync(cancellationToken);

    private async Task<WireResult<BinanceTokens>> RefreshOnceAsync(RefreshKey key, BinanceAuthenticationOptions schemeOptions)
    {
        try
        {
            return await farm.RefreshAsync(key, schemeOptions, () => CallAsync(key, schemeOptions));
        }
        catch (Exception exception)
        {
            // An application's own backchannel can throw anything. Nobody who waits is to pay for it with their session, and its
            // message is not ours to log.
            var failure = new WireFailure(BinanceFailure.Unknown, "token endpoint", exception.GetType().Name);
            Log.RefreshFailed(logger, LogLevel.Error, key.Scheme, failure.Kind, failure.Message);
            return failure;
        }
    }

    private async Task<WireResult<BinanceTokens>> CallAsync(RefreshKey key, BinanceAuthenticationOptions schemeOptions)
    {
        using var measured = metrics.StartRefresh(key.Scheme, schemeOptions.Clock());

        // Without the token of any request: the call is bounded by BackchannelTimeout, and cutting it short may lose the only answer.
        var result = await TokenEndpoint.RefreshAsync(schemeOptions, key.RefreshToken, CancellationToken.None);
        measured.Ended(result.Failure?.Kind);
        if (!result.Succeeded(out var answer, out var failure))
        {
            var level = Log.LevelOf(failure.Kind);
            Log.RefreshFailed(logger, level, key.Scheme, failure.Kind, failure.Message);
            return failure;
        }

        using (answer)
        {
            Log.Refreshed(logger, key.Scheme);
            return StoredTokens.From(answer, schemeOptions.Clock().GetUtcNow(), key.RefreshToken);
        }
    }
}
