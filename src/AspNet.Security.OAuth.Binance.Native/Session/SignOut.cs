using AspNet.Security.OAuth.Binance.Configuration;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// A sign-out: the session is deleted first, so that it is not used any more, and its token is then revoked.
/// </summary>
internal sealed class SignOut(SessionStore sessions, CurrentTokens tokens, LoginSettings settings, ILogger logger)
{
    private BinanceOAuthClient Client => settings.Client;

    /// <returns>Whether no token is valid any more.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Client.RevocationTimeout, settings.Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);

        // A refresh that takes longer finds that the session was deleted, and revokes its new tokens.
        var held = await sessions.TryLockAsync(Client.RevocationTimeout / 2, cancellationToken).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        if (await sessions.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } session)
        {
            return true;
        }

        var newest = tokens.NewestOf(session);
        await sessions.DeleteAsync(cancellationToken).ConfigureAwait(false);
        tokens.Forget(session);
        Log.SignedOut(logger);
        try
        {
            return await RevokeAsync(newest, isAlone: held.IsHeld, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.RevocationFailed(logger, "There was no complete response in time.");
            return false;
        }
    }

    private async Task<bool> RevokeAsync(StoredSession session, bool isAlone, CancellationToken cancellationToken)
    {
        if (!tokens.IsValid(session) && session.RefreshToken is null)
        {
            return true;
        }

        try
        {
            // Revoking an expired access token has no effect, and the refresh token would stay valid.
            var accessToken = !tokens.IsValid(session) && isAlone && session.RefreshToken is { } refreshToken
                ? (await Client.RefreshAsync(refreshToken, cancellationToken).ConfigureAwait(false)).AccessToken
                : session.AccessToken;
            return await Revocation.TryAsync(Client, accessToken, logger, cancellationToken).ConfigureAwait(false);
        }
        catch (BinanceAuthenticationException exception)
        {
            Log.RevocationFailed(logger, exception.Message);

            // Neither token is valid any more: the refresh token was refused, and the access token has expired.
            return exception.Failure is BinanceFailure.InvalidGrant;
        }
    }
}
