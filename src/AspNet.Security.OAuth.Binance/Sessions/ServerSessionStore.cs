using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The session store of one cookie, for the cookie handler. Its operations are not cancelled with a request.
/// </summary>
internal sealed class ServerSessionStore(
    string cookieScheme, CookieAuthenticationOptions options, SessionCache cache, SessionEntries entries, SessionIndex index, SafeLogger<ServerSessionStore> logger)
    : IServerSessionStore
{
    private readonly SessionsById _byId = new(cookieScheme, options, cache, entries, index, logger);

    public ITicketStore ById => _byId;

    private TimeProvider Time => options.TimeProvider ?? cache.Time;

    public Task<string> StoreAsync(AuthenticationTicket ticket) => BeginAsync(NewKey(ticket), ticket, null);

    public async Task<string> StoreAsync(AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
    {
        var pending = PendingCookies.Of(httpContext);
        var cookie = pending.Cookie(cookieScheme, options);
        var key = NewKey(ticket);
        if (pending is { SignInId: { } begun, SignInToken: { } token } && IssuedTickets.SessionId(ticket.Properties) == begun)
        {
            key = KeyOf(ticket, SessionName.SecretOf(begun, token));
            var found = await FindAsync(key);
            if (found.IsEnded || (found.Ticket is not null && cookie.FreshKey != key))
            {
                // Another delivery of the callback has begun the session. If it has ended, it does not begin again.
                (cookie.IsBegun, cookie.IsWithdrawn, cookie.StoredKey) = (true, cookie.IsWithdrawn || found.IsEnded, key);
                return key;
            }
        }

        return cookie.StoredKey = await BeginAsync(key, ticket, httpContext);
    }

    public async Task<AuthenticationTicket?> RetrieveAsync(string key) => (await FindAsync(key)).Ticket;

    public Task<AuthenticationTicket?> RetrieveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
        => RequestSessions.Find(httpContext) is { } read && read.TryTake(cookieScheme, key, out var ticket)
            ? Task.FromResult(ticket)
            : RetrieveAsync(key);

    /// <summary>Finds a session by its key.</summary>
    /// <exception cref="SessionsUnavailableException">The cache failed.</exception>
    public async Task<FoundSession> FindAsync(string key)
    {
        var id = IdOf(key);
        var found = await entries.FindAsync(id, SessionName.UserOf(key), Time);
        if (found.Ticket is { } ticket)
        {
            SessionClaim.SetId(ticket.Properties, id);
        }

        return found;
    }

    public string IdOf(string key) => SessionName.IdOf(cookieScheme, key);

    public Task RenewAsync(string key, AuthenticationTicket ticket) => _byId.RenewAsync(IdOf(key), ticket);

    public Task RenewAsync(string key, AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
    {
        if (PendingCookies.Find(httpContext)?.Find(cookieScheme) is { SigningIn: not null } cookie)
        {
            // The cookie handler reuses the key at another sign-in. The new session gets a key of its own.
            cookie.ReusedKey = key;
            return Task.CompletedTask;
        }

        return RenewAsync(key, ticket);
    }

    public Task RemoveAsync(string key) => EndAsync(key);

    public async Task RemoveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
    {
        var found = await EndAsync(key);
        if (!found.IsEnded)
        {
            RequestSessions.Of(httpContext).NoteEnded(IdOf(key));
            PendingCookies.Of(httpContext).Cookie(cookieScheme, options).Removed = found.Ticket?.Properties;
        }
    }

    public async Task WithdrawAsync(string key)
    {
        var id = IdOf(key);
        await entries.TryRemoveAsync(id);
        await _byId.RemoveFromIndexAsync(id, SessionName.UserOf(key));
    }

    public async Task<bool> IsOverAsync(string key, AuthenticationTicket next, HttpContext context)
    {
        var isSameUser = SessionName.UserOf(key) is { } user && user == UserOf(next);
        if ((isSameUser || SessionEntries.IsContinued(next)) && !IsOfCallback(next, context) && (await FindAsync(key)).IsEnded)
        {
            // A session that the request itself has ended may begin again.
            return RequestSessions.Find(context)?.HasEnded(IdOf(key)) is not true;
        }

        return false;
    }

    public void ThrowIfUnavailable(HttpContext context)
    {
        if (RequestSessions.Find(context) is { AreUnavailable: true })
        {
            throw new SessionsUnavailableException();
        }
    }

    private static bool IsOfCallback(AuthenticationTicket ticket, HttpContext context)
        => PendingCookies.Find(context) is { SignInId: { } begun } && IssuedTickets.SessionId(ticket.Properties) == begun;

    private Task<FoundSession> EndAsync(string key) => _byId.EndAsync(IdOf(key), SessionName.UserOf(key));

    private async Task<string> BeginAsync(string key, AuthenticationTicket ticket, HttpContext? context)
    {
        var (id, user) = (IdOf(key), SessionName.UserOf(key));

        // The index first, then the generation: EndAllAsync, which does the opposite, either finds this session in the index, or this session reads its generation.
        await _byId.AddToIndexAsync(id, user, ticket);
        var generation = user is null ? default : await entries.ReadGenerationAsync(user);
        if (generation is { Exists: true, Value: null })
        {
            // With an unreadable generation the existing sessions are not live either.
            generation = await entries.BeginGenerationAsync(user!);
        }

        if (SessionEntries.IsContinued(ticket)
            && !SessionEntries.IsOf(ticket, generation)
            && (context is null || RequestSessions.Find(context)?.HasEnded(generation.Value!) is not true))
        {
            throw Ended();
        }

        if (!await entries.TryBeginAsync(id, user, ticket, generation, Time))
        {
            throw new InvalidOperationException($"The session of the cookie '{cookieScheme}' is longer than 64 KiB: keep fewer claims, or shorter tokens, in it.");
        }

        if (user is not null && !SessionEntries.IsOf(ticket, await entries.ReadGenerationAsync(user)))
        {
            // A concurrent EndAllAsync may have missed this one.
            await entries.EndAsync(id, entries.LengthOf(ticket));
            throw Ended();
        }

        return key;
    }

    private static InvalidOperationException Ended() => new("All sessions of the user were ended during this sign-in. The user has to sign in again.");

    private string NewKey(AuthenticationTicket ticket) => KeyOf(ticket, SessionName.NewSecret());

    private string KeyOf(AuthenticationTicket ticket, string secret) => SessionName.KeyOf(secret, UserOf(ticket));

    private string? UserOf(AuthenticationTicket ticket)
        => SessionName.UserIdOf(ticket.Principal) is { } userId ? cache.NameOf(SessionName.SchemeOf(ticket, cookieScheme), userId) : null;
}
