using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Revokes the tokens of sessions that a request ended, unless another cookie of the request, or written by it, holds them. Best
/// effort: whatever fails here, the user is signed out.
/// </summary>
internal sealed class SignOutRevocation(
    SessionCookieReader reader, SessionRegistry sessions, TokenRefresher refresher, TokenRevoker revoker, ILogger<SignOutRevocation> logger)
{
    /// <summary>Decides what is revoked: at the start of the response, because only then is known which other cookie holds the tokens.</summary>
    public async Task DecideAsync(object state)
    {
        var context = (HttpContext)state;
        var pending = PendingCookies.Of(context);
        while (pending.Revocations is [var ended, ..])
        {
            pending.Revocations.RemoveAt(0);
            try
            {
                var newest = await FindNewestAsync(ended.Issued, ended);
                if (newest.AccessToken is not null && !await IsHeldAsync(context, pending, ended.Issued.Scheme, newest))
                {
                    await RevokeAsync(context, ended.Issued, newest);
                }
            }
            catch (Exception exception)
            {
                Log.RevocationFailed(logger, ended.Issued.Scheme, exception.GetType().Name);
            }
        }
    }

    /// <summary>Revokes the newest access token of a session at once, whoever else holds it.</summary>
    public async Task RevokeAsync(HttpContext context, IssuedSession session)
        => await RevokeAsync(context, session.Issued, await FindNewestAsync(session.Issued, session));

    private async Task RevokeAsync(HttpContext context, IssuedTicket issued, Tokens tokens)
    {
        if (tokens.AccessToken is null || !PendingCookies.Of(context).Revoked.Add(tokens.AccessToken))
        {
            return;
        }

        // Without the request's own cancellation: a user who closes the window right after signing out means it.
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

    // The tokens of the sessions that stay, where they are known to be the same: in cookies that the request brought and did not end,
    // and in those that it signed in.
    private async Task<bool> IsHeldAsync(HttpContext context, PendingCookies pending, string scheme, Tokens tokens)
    {
        List<IssuedSession> others = [.. pending.Cookies.Select(cookie => cookie.SignedIn).OfType<IssuedSession>()];
        var decided = pending.Cookies.Where(cookie => cookie.IsDecided).Select(cookie => cookie.Scheme).ToHashSet(StringComparer.Ordinal);
        foreach (var session in await reader.ReadAllAsync(context, skipsFailures: false))
        {
            var key = SessionKeyOf(session);
            if (!decided.Contains(session.CookieScheme)
                && (key is null || await sessions.FindStateAsync(key.Value, session.Issued) is SessionState.Live))
            {
                // With the tokens that this request refreshed, if it did.
                var refreshed = pending.Find(session.CookieScheme)?.Session;
                others.Add(refreshed ?? new(key, session.Properties, session.Issued));
            }
        }

        foreach (var other in others)
        {
            if (other.Issued.Scheme == scheme && (await FindNewestAsync(other.Issued, other)).Shares(tokens))
            {
                return true;
            }
        }

        return false;
    }

    private static SessionKey? SessionKeyOf(RequestSession session)
        => IssuedTickets.SessionId(session.Properties) is { } id ? new SessionKey(session.CookieScheme, id) : null;

    // A refresh by another request may have replaced the tokens of the ticket, or be about to.
    private async Task<Tokens> FindNewestAsync(IssuedTicket issued, IssuedSession session)
    {
        var (access, refresh) = (StoredTokens.AccessToken(session.Properties), StoredTokens.RefreshToken(session.Properties));
        try
        {
            using var timeout = new CancellationTokenSource(issued.Options.RevocationTimeout, issued.Options.Clock);
            var newest = await refresher.FindNewestAsync(issued, refresh, inFarm: true, waits: true, timeout.Token);
            return newest.Tokens is { } renewed && !StoredTokens.IsOlder(renewed, session.Properties)
                ? new(renewed.AccessToken, renewed.RefreshToken, newest.RefreshTokens)
                : new(access, refresh, newest.RefreshTokens);
        }
        catch (OperationCanceledException)
        {
            return new(access, refresh, []);
        }
    }

    private readonly record struct Tokens(string? AccessToken, string? RefreshToken, IReadOnlyCollection<string> RefreshTokens)
    {
        public bool Shares(Tokens other)
            => (AccessToken is not null && AccessToken == other.AccessToken) || (RefreshToken is not null && RefreshToken == other.RefreshToken);
    }
}
