using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The revocation of an access token that is no longer needed.
/// </summary>
internal static class Revocation
{
    /// <returns>Whether Binance confirmed it.</returns>
    public static async Task<bool> TryAsync(BinanceOAuthClient client, string accessToken, ILogger logger, CancellationToken cancellationToken)
    {
        try
        {
            await client.RevokeAsync(accessToken, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.RevocationFailed(logger, exception.Message);
            return false;
        }
    }
}
