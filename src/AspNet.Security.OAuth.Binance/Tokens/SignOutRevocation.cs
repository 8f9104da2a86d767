using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Revokes the access token of a session that ends. Best effort: whatever happens here, the user is signed out.
/// </summary>
internal static class SignOutRevocation
{
    /// <summary>
    /// Revokes the ticket's access token, unless this request did so already: signing out of the cookie and of the
    /// scheme in one go is one sign-out.
    /// </summary>
    public static async Task RevokeAsync(
        HttpContext context, string scheme, BinanceAuthenticationOptions options, AuthenticationProperties properties, ILogger logger)
    {
        if (StoredTokens.AccessToken(properties) is not { Length: > 0 } accessToken || !TryClaim(context, accessToken))
        {
            return;
        }

        try
        {
            // Not the request's own cancellation: somebody who closes the window right after signing out means it.
            var failure = await RevocationEndpoint.RevokeAsync(options, accessToken, CancellationToken.None);
            if (failure is null)
            {
                Log.Revoked(logger, scheme);
            }
            else
            {
                Log.RevocationFailed(logger, scheme, failure.Message);
            }
        }
        catch (Exception exception)
        {
            // An application's own backchannel can throw anything, and its message is not ours to log.
            Log.RevocationFailed(logger, scheme, exception.GetType().Name);
        }
    }

    private static bool TryClaim(HttpContext context, string accessToken)
    {
        if (context.Items.TryGetValue(typeof(SignOutRevocation), out var item) && item is HashSet<string> revoked)
        {
            return revoked.Add(accessToken);
        }

        context.Items[typeof(SignOutRevocation)] = new HashSet<string>(StringComparer.Ordinal) { accessToken };
        return true;
    }
}
