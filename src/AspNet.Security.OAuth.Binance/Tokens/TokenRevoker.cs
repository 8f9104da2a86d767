using AspNet.Security.OAuth.Binance.Wire;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Revokes one access token, and counts it.
/// </summary>
internal sealed class TokenRevoker(BinanceMetrics metrics)
{
    /// <returns>The failure, or <see langword="null"/> if the token is gone.</returns>
    public async Task<WireFailure?> RevokeAsync(
        string scheme, BinanceAuthenticationOptions options, string accessToken, CancellationToken cancellationToken)
    {
        using var measured = metrics.StartRevocation(scheme, options.Clock());
        var failure = await RevocationEndpoint.RevokeAsync(options, accessToken, cancellationToken);
        measured.Ended(failure?.Kind);
        return failure;
    }
}
