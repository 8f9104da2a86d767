using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Revokes the access token of a session that ends. Best effort: whatever fails here, the user is signed out.
/// </summary>
internal sealed class SignOutRevocation(
    TokenRefresher refresher, TokenRevoker revoker, EndedSessions ended, ILogger<SignOutRevocation> logger)
{
    /// <summary>Ends a session: no response of a request that is under way brings its cookie back.</summary>
    /// <returns>The newest access token of the session.</returns>
    public async Task<string?> EndAsync(string scheme, BinanceAuthenticationOptions options, AuthenticationProperties properties)
    {
        var newest = await FindNewestAsync(scheme, options, properties);
        ended.Add(properties, options.Clock);
        return newest;
    }

    /// <summary>Finds the session's newest access token: a refresh by another request may have replaced the one in the ticket.</summary>
    public async Task<string?> FindNewestAsync(string scheme, BinanceAuthenticationOptions options, AuthenticationProperties properties)
    {
        var held = StoredTokens.AccessToken(properties);
        try
        {
            using var timeout = new CancellationTokenSource(options.RevocationTimeout, options.Clock);
            var renewed = await refresher.FindRenewedAsync(scheme, StoredTokens.RefreshToken(properties), timeout.Token);
            return renewed?.AccessToken ?? held;
        }
        catch (OperationCanceledException)
        {
            return held;
        }
    }

    /// <summary>
    /// Revokes an access token, unless this request did so already: signing out of the cookie and of the scheme at once is one sign-out.
    /// </summary>
    public async Task RevokeAsync(HttpContext context, string scheme, BinanceAuthenticationOptions options, string? accessToken)
    {
        if (accessToken is null || !CookieRequest.Of(context).Revoked.Add(accessToken))
        {
            return;
        }

        try
        {
            // Not the request's own cancellation: a user who closes the window right after signing out means it.
            await revoker.RevokeAsync(scheme, options, accessToken, CancellationToken.None);
            Log.Revoked(logger, scheme);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.RevocationFailed(logger, scheme, exception.Message);
        }
        catch (Exception exception)
        {
            // An application's own HTTP handler can throw anything, and its message may hold anything.
            Log.RevocationFailed(logger, scheme, exception.GetType().Name);
        }
    }
}
