using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Cookies;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The sessions of a request's cookies.
/// </summary>
internal sealed class CurrentSession(ServerSessionCookies cookies, IOptionsMonitor<CookieAuthenticationOptions> options, SignInCounts signIns, IHttpContextAccessor accessor)
{
    /// <summary>
    /// Records that the request itself has ended a session: a later sign-out deletes its cookie, and a later sign-in begins a new session.
    /// </summary>
    public void NoteEnded(IndexedSession session, string? sessionId)
    {
        if (accessor.HttpContext is { } context)
        {
            // An application may end several concurrently.
            lock (context)
            {
                RequestSessions.Of(context).NoteEnded(session.Id);
                if (sessionId is not null)
                {
                    PendingCookies.Of(context).Cookie(session.CookieScheme, options.Get(session.CookieScheme)).Over.Add(sessionId);
                }
            }
        }
    }

    /// <summary>Records that the request itself has begun a generation of a user's sessions.</summary>
    public void NoteBegun(Generation generation)
    {
        if (accessor.HttpContext is { } context)
        {
            lock (context)
            {
                RequestSessions.Of(context).NoteEnded(generation.Value!);
            }
        }
    }

    /// <summary>Reads the sessions of a request, for the first use of each.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task ReadAsync(HttpContext context)
    {
        foreach (var cookie in cookies.Names)
        {
            var found = options.Get(cookie);
            string? key;
            try
            {
                key = SessionCookieReader.ReadKey(context, found);
            }
            catch (Exception)
            {
                // An application's cookie manager may depend on later middleware.
                continue;
            }

            if (key is not null && found.SessionStore is ServerSessionStore store)
            {
                var before = signIns.Of(cookie);
                var ticket = (await store.FindAsync(key)).Ticket;
                RequestSessions.Of(context).Add(cookie, key, ticket);
                if (ticket is null)
                {
                    var pending = PendingCookies.Of(context).Cookie(cookie, found);
                    (pending.IsDeleted, pending.WasOver, pending.SignInsBefore) = (true, true, before);
                }
            }
        }
    }

    /// <summary>Removes the headers of a response that set the cookies.</summary>
    public void WithdrawCookies(HttpContext context)
    {
        foreach (var cookie in cookies.Names)
        {
            SetCookieHeaders.Withdraw(context, options.Get(cookie));
        }
    }

    /// <summary>Returns the id of the session that authenticates a user, or of the first of several.</summary>
    public string? IdOf(ClaimsPrincipal user) => SessionClaim.FindAll(user).FirstOrDefault(claim => cookies.Contains(claim.Issuer))?.Value;

    /// <summary>Returns the id of the session in a cookie, or in the first one that has any.</summary>
    public string? IdOf(HttpContext context, string? cookieScheme)
        => cookies.Names.Where(cookie => cookieScheme is null || cookie == cookieScheme)
            .Select(cookie => SessionCookieReader.ReadKey(context, options.Get(cookie)) is { } key ? SessionName.IdOf(cookie, key) : null)
            .FirstOrDefault(static id => id is not null);
}
