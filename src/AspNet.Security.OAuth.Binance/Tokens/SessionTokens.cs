using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The newest tokens of a session, and their revocation. Best effort: whatever fails here, the session is over.
/// </summary>
internal sealed class SessionTokens(TokenRefresher refresher, TokenRevoker revoker, ILogger<SessionTokens> logger)
{
    /// <summary>Finds the newest tokens of a session: a refresh by another request may have replaced those of the ticket, or be about to.</summary>
    public async Task<HeldTokens> FindNewestAsync(IssuedTicket issued, AuthenticationProperties ticket)
    {
        var (access, refresh) = (StoredTokens.AccessToken(ticket), StoredTokens.RefreshToken(ticket));
        try
        {
            using var timeout = new CancellationTokenSource(issued.Options.RevocationTimeout, issued.Options.Clock);
            var newest = await refresher.FindNewestAsync(issued, refresh, inFarm: true, waits: true, timeout.Token);
            return newest.Tokens is { } renewed && !StoredTokens.IsOlder(renewed, ticket)
                ? new(renewed.AccessToken, renewed.RefreshToken, newest.RefreshTokens)
                : new(access, refresh, newest.RefreshTokens);
        }
        catch (OperationCanceledException)
        {
            return new(access, refresh, []);
        }
    }

    /// <summary>Revokes an access token, and forgets the outcomes of the session's refreshes.</summary>
    public async Task RevokeAsync(IssuedTicket issued, HeldTokens tokens)
    {
        if (tokens.AccessToken is null)
        {
            return;
        }

        // Without the cancellation of any request: a user who closes the window right after signing out means it.
        if (await revoker.TryRevokeAsync(issued.Scheme, issued.Options, tokens.AccessToken) is { } reason)
        {
            Log.RevocationFailed(logger, issued.Scheme, reason);
        }
        else
        {
            Log.Revoked(logger, issued.Scheme);
        }

        await refresher.ForgetAsync(issued, tokens.RefreshTokens);
    }
}

/// <summary>The tokens of a session.</summary>
/// <param name="AccessToken">The access token.</param>
/// <param name="RefreshToken">The refresh token.</param>
/// <param name="RefreshTokens">The refresh tokens whose outcomes led to these tokens.</param>
internal readonly record struct HeldTokens(string? AccessToken, string? RefreshToken, IReadOnlyCollection<string> RefreshTokens)
{
    public bool Shares(HeldTokens other)
        => (AccessToken is not null && AccessToken == other.AccessToken) || (RefreshToken is not null && RefreshToken == other.RefreshToken);
}
