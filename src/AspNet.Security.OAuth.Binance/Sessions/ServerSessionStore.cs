using System.Globalization;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The sessions of one cookie: what the cookie handler does to them. Nothing of it is cancelled with a request.
/// </summary>
internal sealed class ServerSessionStore(
    string cookieScheme, CookieAuthenticationOptions options, SessionCache cache, SessionEntries entries, SessionIndex index, ILogger<ServerSessionStore> logger)
    : IServerSessionStore
{
    // In the ticket: the end that the index knows.
    private const string IndexedItem = ".binance.indexed";

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
                // Another delivery of the callback has begun the session. If that has ended, it does not begin again.
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
    public Task<FoundSession> FindAsync(string key) => entries.FindAsync(SessionName.IdOf(cookieScheme, key), SessionName.UserOf(key), Time);

    /// <summary>Writes a session that has changed. A failure costs nobody a page: it is logged, and the session is as it was before.</summary>
    public async Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        var id = SessionName.IdOf(cookieScheme, key);
        try
        {
            await ExtendIndexAsync(id, SessionName.UserOf(key), ticket);
            if (!await entries.TryWriteAsync(id, ticket, Time))
            {
                Log.SessionTooLong(logger, cookieScheme);
            }
            else if (await entries.IsEndedAsync(id))
            {
                await entries.TryRemoveAsync(id);
            }
        }
        catch (SessionsUnavailableException)
        {
            // Logged where the cache failed.
        }
    }

    public Task RenewAsync(string key, AuthenticationTicket ticket, HttpContext httpContext, CancellationToken cancellationToken)
    {
        if (PendingCookies.Find(httpContext)?.Find(cookieScheme) is { SigningIn: not null } cookie)
        {
            // The cookie handler keeps the key when somebody signs in again. The new session gets one of its own.
            cookie.ReusedKey = key;
            return Task.CompletedTask;
        }

        return RenewAsync(key, ticket);
    }

    public Task RemoveAsync(string key) => EndAsync(key);

    public async Task RemoveAsync(string key, HttpContext httpContext, CancellationToken cancellationToken)
    {
        if (await EndAsync(key))
        {
            RequestSessions.Of(httpContext).NoteEnded(SessionName.IdOf(cookieScheme, key));
        }
    }

    public async Task WithdrawAsync(string key)
    {
        var id = SessionName.IdOf(cookieScheme, key);
        await entries.TryRemoveAsync(id);
        await RemoveFromIndexAsync(key, id);
    }

    public async Task<bool> IsOverAsync(string key, AuthenticationTicket next, HttpContext context)
    {
        var isSameUser = SessionName.UserOf(key) is { } user && user == UserOf(next);
        if ((isSameUser || SessionEntries.IsContinued(next)) && !IsOfCallback(next, context) && (await FindAsync(key)).IsEnded)
        {
            // What the request itself has ended, it may begin anew.
            return RequestSessions.Find(context)?.HasEnded(SessionName.IdOf(cookieScheme, key)) is not true;
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

    /// <returns><see langword="false"/> if the session had ended before.</returns>
    private async Task<bool> EndAsync(string key)
    {
        var id = SessionName.IdOf(cookieScheme, key);
        var found = await entries.FindAsync(id, Time);
        if (found.IsEnded)
        {
            await entries.TryRemoveAsync(id);
            return false;
        }

        await entries.EndAsync(id, found.Ticket is null ? options.ExpireTimeSpan : entries.LengthOf(found.Ticket));
        await RemoveFromIndexAsync(key, id);
        return true;
    }

    private async Task<string> BeginAsync(string key, AuthenticationTicket ticket, HttpContext? context)
    {
        var (id, user) = (SessionName.IdOf(cookieScheme, key), SessionName.UserOf(key));
        ticket.Properties.Items.Remove(IndexedItem);

        // The index first, then the generation: whoever ends all sessions of the user finds this one there, or it begins after that.
        await ExtendIndexAsync(id, user, ticket);
        var generation = user is null ? default : await entries.ReadGenerationAsync(user);
        if (generation is { Exists: true, Value: null })
        {
            // The sessions before cannot be read either.
            generation = await entries.BeginGenerationAsync(user!);
        }

        if (SessionEntries.IsContinued(ticket)
            && !SessionEntries.IsOf(ticket, generation)
            && (context is null || RequestSessions.Find(context)?.HasEnded(generation.Value!) is not true))
        {
            throw Ended();
        }

        if (!await entries.TryBeginAsync(id, ticket, generation, Time))
        {
            throw new InvalidOperationException($"The session of the cookie '{cookieScheme}' is longer than 64 KiB: keep fewer claims, or shorter tokens, in it.");
        }

        if (user is not null && !SessionEntries.IsOf(ticket, await entries.ReadGenerationAsync(user)))
        {
            // Whoever ended them may have missed this one.
            await entries.EndAsync(id, entries.LengthOf(ticket));
            throw Ended();
        }

        return key;
    }

    private static InvalidOperationException Ended() => new("All sessions of the user were ended during this sign-in.");

    private async Task ExtendIndexAsync(string id, string? user, AuthenticationTicket ticket)
    {
        // Not before its end.
        var ends = entries.EndOf(ticket).ToUnixTimeSeconds() + 1;
        var items = ticket.Properties.Items;
        if (user is not null && (!items.TryGetValue(IndexedItem, out var known) || !long.TryParse(known, out var indexed) || indexed < ends))
        {
            await index.AddAsync(user, new(id, cookieScheme, SchemeOf(ticket), ends));
            items[IndexedItem] = ends.ToString(CultureInfo.InvariantCulture);
        }
    }

    private Task RemoveFromIndexAsync(string key, string id)
        => SessionName.UserOf(key) is { } user ? index.TryRemoveAsync(user, cookieScheme, [id]) : Task.CompletedTask;

    private string NewKey(AuthenticationTicket ticket) => KeyOf(ticket, SessionName.NewSecret());

    private string KeyOf(AuthenticationTicket ticket, string secret) => SessionName.KeyOf(secret, UserOf(ticket));

    private string? UserOf(AuthenticationTicket ticket)
        => SessionName.UserIdOf(ticket.Principal) is { } userId ? cache.NameOf(SchemeOf(ticket), userId) : null;

    // The scheme that authenticated the user.
    private string SchemeOf(AuthenticationTicket ticket) => IssuedTickets.RemoteSchemeOf(ticket.Properties) ?? cookieScheme;
}
