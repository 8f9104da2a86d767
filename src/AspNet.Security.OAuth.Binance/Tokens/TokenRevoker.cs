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
}
