using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Revokes the access token of a session that ends. Best effort: whatever happens here, the user is signed out.
/// </summary>
internal sealed class SignOutRevocation(
    TokenRefresher refresher, TokenRevoker revoker, EndedSessions ended, ILogger<BinanceAuthenticationHandler> logger)
{
    /// <summary>Ends a session: no answer of a request that is still under way brings its cookie back.</summary>
    /// <returns>The newest access token of the session.</returns>
    public async Task<string?> EndAsync(string scheme, BinanceAuthenticationOptions options, AuthenticationProperties properties)
    {
        var newest = await NewestAsync(scheme, options, properties);
        ended.Add(properties, options.Clock());
        return newest;
    }

    /// <summary>The session's newest access token: a refresh that another request started may have replaced the one in the ticket.</summary>
    public async Task<string?> NewestAsync(string scheme, BinanceAuthenticationOptions options, AuthenticationProperties properties)
    {
        var held = StoredTokens.AccessToken(properties);
        try
        {
            using var patience = new CancellationTokenSource(options.RevocationTimeout, options.Clock());
            var renewed = await refresher.FindRenewedAsync(scheme, StoredTokens.RefreshToken(properties), patience.Token);
            return renewed?.AccessToken ?? held;
        }
        catch (OperationCanceledException)
        {
            return held;
        }
    }

    /// <summary>
    /// Revokes an access token, unless this request did so already: signing out of the cookie and of the scheme in one go is one sign-out.
    /// </summary>
    public async Task RevokeAsync(HttpContext context, string scheme, BinanceAuthenticationOptions options, string? accessToken)
    {
        if (accessToken is null || !TryClaim(context, accessToken))
        {
            return;
        }

        try
        {
            // Not the request's own cancellation: somebody who closes the window right after signing out means it.
            if (await revoker.RevokeAsync(scheme, options, accessToken, CancellationToken.None) is { } failure)
            {
                Log.RevocationFailed(logger, scheme, failure.Message);
            }
            else
            {
                Log.Revoked(logger, scheme);
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
