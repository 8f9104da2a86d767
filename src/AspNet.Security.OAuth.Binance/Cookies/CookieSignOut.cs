using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when somebody signs out of a cookie: the session ends everywhere, its cookie is deleted where it was signed in, and its
/// tokens are revoked when the response starts.
/// </summary>
internal sealed class CookieSignOut(
    IssuedTickets tickets, SessionRegistry sessions, CookieWriter writer, IEnumerable<IUserTokens> users, SafeLogger<CookieSignOut> logger)
{
    /// <summary>Before the application's event: finds the session, and restores the attributes of its cookie.</summary>
    public async Task SigningOutAsync(CookieSigningOutContext context)
    {
        (context.Options.SessionStore as IServerSessionStore)?.ThrowIfUnavailable(context.HttpContext);
        context.CookieOptions.MaxAge = null;
        var cookie = PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options);
        try
        {
            cookie.Found = await FindAsync(context, cookie);
            if (cookie.Found is not null && tickets.Find(cookie.Found) is not null)
            {
                CookieShape.RestorePlace(context.CookieOptions, context.Options, cookie.Found);
            }
        }
        catch (Exception exception)
        {
            // A store that fails must not keep anybody signed in.
            Log.RevocationFailed(logger, context.Scheme.Name, exception.GetType().Name);
        }
    }

    /// <summary>After the application's event: ends the session.</summary>
    public async Task SignedOutAsync(CookieSigningOutContext context)
    {
        var http = context.HttpContext;
        var pending = PendingCookies.Of(http);
        var cookie = pending.Cookie(context.Scheme.Name, context.Options);
        SetCookieHeaders.Withdraw(http, context.Options);
        (cookie.IsDecided, cookie.IsWithdrawn, cookie.Written) = (true, false, []);
        await RemoveFreshKeyAsync(http, cookie);

        if (cookie.SignedIn is { } signedIn)
        {
            // What this request signed in, it signed out of again.
            cookie.SignedIn = null;
            await EndAsync(http, cookie, signedIn);
        }

        if (cookie.Found is { } found && tickets.Find(found) is { } issued)
        {
            (cookie.Found, cookie.SignedOut) = (null, found);
            var key = pending.SessionIdOf(found) is { } id ? new SessionKey(cookie.Scheme, id) : (SessionKey?)null;
            await EndAsync(http, cookie, new(key, found, issued));

            // The cookie handler has removed the entry; a renewal that was under way until the session ended may have brought it back.
            if (context.Options.SessionStore is { } store and not IServerSessionStore && SessionCookieReader.ReadKey(http, context.Options) is { } stored)
            {
                await store.RemoveAsync(stored, http, CancellationToken.None);
            }
        }
    }

    private async Task EndAsync(HttpContext http, PendingCookie cookie, IssuedSession session)
    {
        var issued = session.Issued;
        var wasOver = false;
        var isExternal = cookie.Scheme == IdentityConstants.ExternalScheme;
        if (isExternal && users.Any())
        {
            // Every external login ends like this. Whether somebody was signed in with it is known when the response starts.
            writer.Leave(http, session);
            return;
        }

        // Where nobody keeps the tokens: that user has just arrived.
        var revokes = issued.Options.RevokeOnSignOut && !isExternal;
        if (session.Key is { } key)
        {
            var pending = PendingCookies.Of(http);
            var before = SessionState.Live;
            await pending.WaitAsync(
                async () => before = await sessions.EndAsync(key, issued, session.Properties, pending.LeftOf(issued.Options.RevocationTimeout)),
                issued.Options.Clock);
            var wasOthers = cookie.Over.Add(key.Id);
            wasOver = before is SessionState.Ended || (wasOthers && before is not SessionState.Live);
            if (wasOver && wasOthers && !cookie.IsDeleted)
            {
                // It ended while this request was under way: the cookie of the browser may be another session's.
                cookie.IsWithdrawn = true;
            }
        }

        writer.Schedule(http);

        // A copy of a cookie that was signed out of before has nothing to revoke.
        if (revokes && !wasOver)
        {
            await writer.RevokeAsync(http, session);
        }
    }

    private static async Task RemoveFreshKeyAsync(HttpContext http, PendingCookie cookie)
    {
        if (cookie.FreshKey is { } key && cookie.Options.SessionStore is { } store)
        {
            cookie.FreshKey = null;
            cookie.DeadKeys.Add(key);
            await store.RemoveAsync(key, http, CancellationToken.None);
        }
    }

    private static async Task<AuthenticationProperties?> FindAsync(CookieSigningOutContext context, PendingCookie cookie)
    {
        var http = context.HttpContext;
        var validating = PendingCookies.SessionsUnderValidation(http).FirstOrDefault(session => session.CookieScheme == context.Scheme.Name);
        if (validating is not null)
        {
            return validating.Properties;
        }

        // With the tokens that this request refreshed.
        if (cookie.Session is { } session)
        {
            return session.Properties;
        }

        if (context.Options.SessionStore is null)
        {
            return SessionCookieReader.ReadTicket(http, context.Options)?.Properties;
        }

        if (cookie.IsRead)
        {
            // A sign-out by what that reading calls, as a transformation of claims.
            return cookie.Found;
        }

        // The cookie handler has removed the entry already, and holds what it read of it.
        if (cookie.Found is null)
        {
            cookie.IsRead = true;
            try
            {
                var result = await http.AuthenticateAsync(context.Scheme.Name);
                return result.Properties ?? cookie.Found;
            }
            finally
            {
                cookie.IsRead = false;
            }
        }

        return cookie.Found;
    }
}
