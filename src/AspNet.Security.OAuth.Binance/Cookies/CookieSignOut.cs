using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Handles the sign-out of a cookie: the session ends in every process, its cookie is deleted with the attributes of its sign-in, and its
/// tokens are revoked when the response starts.
/// </summary>
internal sealed class CookieSignOut(
    IssuedTickets tickets, SessionRegistry sessions, SignInCounts signIns, CookieWriter writer, IEnumerable<IUserTokens> users, SafeLogger<CookieSignOut> logger)
{
    /// <summary>Runs before the application's event: finds the session, and restores the attributes of its cookie.</summary>
    public async Task SigningOutAsync(CookieSigningOutContext context)
    {
        (context.Options.SessionStore as IServerSessionStore)?.ThrowIfUnavailable(context.HttpContext);
        context.CookieOptions.MaxAge = null;
        var cookie = PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options);
        try
        {
            cookie.SessionToSignOut = await FindAsync(context, cookie);
            if (cookie.SessionToSignOut is not null && tickets.Find(cookie.SessionToSignOut) is not null)
            {
                CookieAttributes.RestorePlace(context.CookieOptions, context.Options, cookie.SessionToSignOut);
            }
        }
        catch (Exception exception)
        {
            // A failing store must not prevent the sign-out.
            Log.RevocationFailed(logger, context.Scheme.Name, exception.GetType().Name);
        }
    }

    /// <summary>Runs after the application's event: ends the session.</summary>
    public async Task SignedOutAsync(CookieSigningOutContext context)
    {
        var http = context.HttpContext;
        var pending = PendingCookies.Of(http);
        var cookie = pending.Cookie(context.Scheme.Name, context.Options);
        SetCookieHeaders.Withdraw(http, context.Options);
        (cookie.IsDecided, cookie.IsWithdrawn, cookie.Written) = (true, false, []);
        await RemoveFreshKeyAsync(http, cookie);

        if (cookie is { IsDeleted: true, SignedIn: null } && !signIns.AreUnchanged(cookie))
        {
            cookie.IsWithdrawn = true;
            writer.Schedule(http);
        }

        if (cookie.SignedIn is { } signedIn)
        {
            // The session that this request signed in before.
            cookie.SignedIn = null;
            await EndAsync(http, cookie, signedIn);
        }

        if (cookie.SessionToSignOut is { } found && tickets.Find(found) is { } issued)
        {
            (cookie.SessionToSignOut, cookie.SignedOut) = (null, found);
            var key = pending.SessionIdOf(found) is { } id ? new SessionKey(cookie.Scheme, id) : (SessionKey?)null;
            await EndAsync(http, cookie, new(key, found, issued) { Stored = cookie.Removed });

            // The cookie handler has removed the entry. A concurrent renewal may have written it again.
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
        if (cookie.Scheme == IdentityConstants.ExternalScheme && users.Any())
        {
            // Every external login ends with this sign-out. Whether its tokens are kept is known when the response starts.
            writer.EndExternalLogin(http, session);
            return;
        }

        if (session.Key is { } key)
        {
            var pending = PendingCookies.Of(http);
            var before = SessionState.Live;
            await pending.WaitAsync(
                async () => before = await sessions.EndAsync(key, issued, session.Properties, pending.RemainingOf(issued.Options.RevocationTimeout)),
                issued.Options.Clock);
            var wasOthers = cookie.Over.Add(key.Id);
            wasOver = before is SessionState.Ended || (wasOthers && before is not SessionState.Live);
            if (wasOver && wasOthers)
            {
                // It ended during this request, or a sign-in to the cookie followed: the browser's cookie may be that of another session.
                cookie.IsWithdrawn |= !cookie.WasOver || await sessions.IsFollowedAsync(key, issued);
            }
        }

        writer.Schedule(http);

        // A session that had ended before, as in a copy of its cookie, has nothing to revoke.
        if (issued.RevokesAtSignOut(cookie.Scheme) && !wasOver)
        {
            await writer.RevokeAsync(http, session);
        }
    }

    private static async Task RemoveFreshKeyAsync(HttpContext http, PendingCookie cookie)
    {
        if (cookie.FreshKey is { } key && cookie.Options.SessionStore is { } store)
        {
            cookie.FreshKey = null;
            cookie.RemovedKeys.Add(key);
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

        // Includes the tokens that this request refreshed.
        if (cookie.Session is { } session)
        {
            return session.Properties;
        }

        if (context.Options.SessionStore is null)
        {
            return SessionCookieReader.ReadTicket(http, context.Options)?.Properties;
        }

        if (cookie.IsReadForSignOut)
        {
            // A sign-out within the authentication below, for example by a claims transformation.
            return cookie.SessionToSignOut;
        }

        // The cookie handler has removed the entry already, and still holds the ticket that it read.
        if (cookie.SessionToSignOut is null)
        {
            cookie.IsReadForSignOut = true;
            try
            {
                var result = await http.AuthenticateAsync(context.Scheme.Name);
                return result.Properties ?? cookie.SessionToSignOut;
            }
            finally
            {
                cookie.IsReadForSignOut = false;
            }
        }

        return cookie.SessionToSignOut;
    }
}
