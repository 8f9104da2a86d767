using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Revokes the tokens of sessions that a request ended, unless another cookie of the request, or written by it, holds them.
/// </summary>
internal sealed class SignOutRevocation(SessionCookieReader reader, SessionRegistry sessions, SessionTokens tokens, ILogger<SignOutRevocation> logger)
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
                var newest = await tokens.FindNewestAsync(ended.Issued, ended.Properties);
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
        => await RevokeAsync(context, session.Issued, await tokens.FindNewestAsync(session.Issued, session.Properties));

    private Task RevokeAsync(HttpContext context, IssuedTicket issued, HeldTokens newest)
        => newest.AccessToken is not null && PendingCookies.Of(context).Revoked.Add(newest.AccessToken)
            ? tokens.RevokeAsync(issued, newest)
            : Task.CompletedTask;

    // The tokens of the sessions that stay, where they are known to be the same: in cookies that the request brought and did not end,
    // and in those that it signed in.
    private async Task<bool> IsHeldAsync(HttpContext context, PendingCookies pending, string scheme, HeldTokens newest)
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
            if (other.Issued.Scheme == scheme && (await tokens.FindNewestAsync(other.Issued, other.Properties)).Shares(newest))
            {
                return true;
            }
        }

        return false;
    }

    private static SessionKey? SessionKeyOf(RequestSession session)
        => IssuedTickets.SessionId(session.Properties) is { } id ? new SessionKey(session.CookieScheme, id) : null;
}
