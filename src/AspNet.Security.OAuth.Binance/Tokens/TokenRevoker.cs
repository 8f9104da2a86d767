using AspNet.Security.OAuth.Binance.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Revokes one access token, and counts it.
/// </summary>
internal sealed class TokenRevoker(BinanceMetrics metrics)
{
    /// <exception cref="BinanceAuthenticationException">The revocation failed.</exception>
    public Task RevokeAsync(string scheme, BinanceAuthenticationOptions options, string accessToken, CancellationToken cancellationToken)
        => metrics.MeasureRevocationAsync(scheme, options.Clock, () => options.GetClient().RevokeAsync(accessToken, cancellationToken));

    /// <summary>Revokes an access token whose session or sign-in is over. It is not cancelled with a request.</summary>
    /// <returns><see langword="null"/>, or the reason of the failure, without secrets.</returns>
    public async Task<string?> TryRevokeAsync(string scheme, BinanceAuthenticationOptions options, string accessToken)
    {
        try
        {
            await RevokeAsync(scheme, options, accessToken, CancellationToken.None);
            return null;
        }
        catch (BinanceAuthenticationException exception)
        {
            return exception.Message;
        }
        catch (Exception exception)
        {
            // An application's own HTTP handler can throw any exception, whose message may contain secrets.
            return exception.GetType().Name;
        }
    }
}
