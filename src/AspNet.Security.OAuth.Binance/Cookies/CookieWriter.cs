using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The one place where the cookie of a ticket of ours is written, when the response starts, from what is true then: the newest tokens,
/// the session's own times, the attributes that it was signed in with; or nothing, if the session is over or was replaced.
/// </summary>
internal sealed class CookieWriter(TokenRefresher refresher, SessionRegistry sessions, SignOutRevocation revocation, ILogger<CookieWriter> logger)
{
    // Response caching looks at the headers before the response starts: it stores no response with a Set-Cookie.
    private const string Placeholder = ".binance.pending=; path=/; max-age=0";

    /// <summary>Has the cookies of this request written when its response starts.</summary>
    public void Schedule(HttpContext context)
    {
        var pending = PendingCookies.Of(context);
        if (!pending.IsWritten && !context.Response.HasStarted)
        {
            pending.IsWritten = true;
            context.Response.Headers.Append("Set-Cookie", Placeholder);
            context.Response.OnStarting(WriteAsync, context);
        }
    }

    /// <summary>
    /// Has the tokens of a session revoked when the response starts. If none can start any more, they are revoked at once; and if none
    /// did, when the request ends.
    /// </summary>
    public Task RevokeAsync(HttpContext context, IssuedSession session)
    {
        PendingCookies.Of(context).Revocations.Add(session);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return revocation.DecideAsync(context);
        }

        Schedule(context);
        context.Response.OnCompleted(revocation.DecideAsync, context);
        return Task.CompletedTask;
    }

    /// <summary>Removes what this response does to a cookie so far, so that there is one Set-Cookie of a name.</summary>
    public static void Withdraw(HttpContext context, CookieAuthenticationOptions options)
    {
        var headers = context.Response.Headers;
        var name = options.Cookie.Name!;
        var kept = headers.SetCookie.Where(value => !IsOf(value, name)).ToArray();
        if (kept.Length != headers.SetCookie.Count)
        {
            headers.SetCookie = kept;
        }
    }

    /// <summary>Renews the stored session with its newest tokens, and perhaps with new times.</summary>
    /// <returns>The session, or <see langword="null"/> if there is nothing to renew any more.</returns>
    public async Task<AuthenticationTicket?> RenewStoredAsync(HttpContext context, PendingCookie cookie, DateTimeOffset? slidesAt)
    {
        var (options, store) = (cookie.Options, cookie.Options.SessionStore!);
        if (SessionCookieReader.ReadKey(context, options) is not { } key
            || await store.RetrieveAsync(key, context, CancellationToken.None) is not { } stored
            || await UpdateAsync(cookie.Renewal ?? stored, cookie, slidesAt) is not { } ticket)
        {
            return null;
        }

        await store.RenewAsync(key, ticket, context, CancellationToken.None);
        return ticket;
    }

    /// <summary>Renews the stored session when a refresh is over whose request has left.</summary>
    public async Task RenewStoredAfterAsync(Task<BinanceTokens> refresh, ITicketStore store, string key, IssuedSession session)
    {
        try
        {
            var (issued, spent) = (session.Issued, StoredTokens.RefreshToken(session.Properties));
            var tokens = await refresh;
            if (await store.RetrieveAsync(key, CancellationToken.None) is { } stored
                && StoredTokens.RefreshToken(stored.Properties) == spent
                && (session.Key is not { } live || await sessions.FindStateAsync(live, issued) is SessionState.Live))
            {
                StoredTokens.Store(stored.Properties, tokens, Now(issued), issued.Options.RefreshBeforeExpiration);
                await store.RenewAsync(key, stored, CancellationToken.None);
            }
        }
        catch (BinanceAuthenticationException)
        {
            // Logged where the call was made; the next request goes on from there.
        }
        catch (Exception exception)
        {
            Log.CookieNotWritten(logger, exception.GetType().Name);
        }
    }

    private static bool IsOf(string? setCookie, string name)
        => setCookie is not null
            && setCookie.StartsWith(name, StringComparison.Ordinal)
            && setCookie.AsSpan(name.Length) is var rest
            && (rest is ['=', ..] || (rest is ['C', ..] && rest[1..].IndexOf('=') is > 0 and var end && int.TryParse(rest[1..(end + 1)], out _)));

    private async Task<AuthenticationTicket?> UpdateAsync(AuthenticationTicket ticket, PendingCookie cookie, DateTimeOffset? slidesAt)
    {
        var (properties, issued) = (ticket.Properties, cookie.Session!.Issued);
        if (cookie.Refreshed is { } refreshed)
        {
            Store(refreshed);
        }

        var isDue = StoredTokens.IsDue(properties, Now(issued), issued.Options.RefreshBeforeExpiration);
        var newest = await refresher.FindNewestAsync(
            issued, StoredTokens.RefreshToken(properties), inFarm: isDue, waits: false, CancellationToken.None);
        if (newest.Last is not NewestTokens.Outcome.Known)
        {
            // Who refreshes these very tokens writes them; and tokens that were refused end the session.
            return null;
        }

        if (newest.Tokens is { } tokens && !StoredTokens.IsOlder(tokens, properties))
        {
            Store(tokens);
        }

        if (slidesAt is { } now && properties.ExpiresUtc - properties.IssuedUtc is { } length)
        {
            (properties.IssuedUtc, properties.ExpiresUtc) = (now, now + length);
            CookieShape.Slide(properties);
        }

        return ticket;

        void Store(BinanceTokens tokens) => StoredTokens.Store(properties, tokens, Now(issued), issued.Options.RefreshBeforeExpiration);
    }

    private async Task WriteAsync(object state)
    {
        var context = (HttpContext)state;
        try
        {
            var headers = context.Response.Headers;
            headers.SetCookie = headers.SetCookie.Where(value => value != Placeholder).ToArray();
            var pending = PendingCookies.Of(context);
            foreach (var cookie in pending.Cookies)
            {
                await WriteAsync(context, cookie);
            }

            await revocation.DecideAsync(context);
        }
        catch (Exception exception)
        {
            // A callback that throws costs the whole response.
            Log.CookieNotWritten(logger, exception.GetType().Name);
        }
    }

    private async Task WriteAsync(HttpContext context, PendingCookie cookie)
    {
        if (cookie.IsWithdrawn)
        {
            Withdraw(context, cookie.Options);
        }
        else if (cookie.IsDecided)
        {
            PreventCaching(context.Response.Headers);
        }
        else if (cookie is { IsDeleted: true, Session: { } over })
        {
            // A cookie that another sign-in took is that session's.
            if (over.Key is not { } key || sessions.StateOf(key, Now(over.Issued)) is not SessionState.Replaced)
            {
                Delete(context, cookie.Options, over.Properties);
            }
        }
        else if (cookie.Session is { } session && (cookie.Refreshed is not null || cookie.SlidesAt is not null || cookie.Renewal is not null))
        {
            await RenewAsync(context, cookie, session);
        }
    }

    private async Task RenewAsync(HttpContext context, PendingCookie cookie, IssuedSession session)
    {
        var (issued, options) = (session.Issued, cookie.Options);
        if (Now(issued) - cookie.RequestedAt > SessionRegistry.Grace
            || (session.Key is { } key && await sessions.FindStateAsync(key, issued) is not SessionState.Live))
        {
            return;
        }

        var slidesAt = cookie.Renewal is not null ? cookie.RequestedAt : cookie.SlidesAt;
        if (options.SessionStore is not null)
        {
            // The cookie holds the key, and changes only with the session's times.
            if (await RenewStoredAsync(context, cookie, slidesAt) is { } stored && slidesAt is not null)
            {
                Append(context, cookie, SessionCookieReader.TicketOf(SessionCookieReader.ReadKey(context, options)!, cookie.Scheme, options), stored.Properties);
            }
        }

        // The request's own cookie once more: without what the application did to the principal of this request alone.
        else if ((cookie.Renewal ?? SessionCookieReader.ReadTicket(context, options)) is { } ticket
            && await UpdateAsync(ticket, cookie, slidesAt) is { } updated)
        {
            Append(context, cookie, updated, updated.Properties);
        }
    }

    private static void Append(HttpContext context, PendingCookie cookie, AuthenticationTicket ticket, AuthenticationProperties properties)
    {
        var options = cookie.Options;
        var attributes = CookieShape.Restore(context, options, properties, cookie.Session!.Issued.Options.Clock.GetUtcNow());
        if (attributes.MaxAge is { } left && left <= TimeSpan.Zero)
        {
            return;
        }

        Withdraw(context, options);
        options.CookieManager.AppendResponseCookie(context, options.Cookie.Name!, SessionCookieReader.Protect(context, options, ticket), attributes);
        PreventCaching(context.Response.Headers);
    }

    private static void Delete(HttpContext context, CookieAuthenticationOptions options, AuthenticationProperties properties)
    {
        var attributes = options.Cookie.Build(context);
        (attributes.Expires, attributes.MaxAge) = (null, null);
        CookieShape.RestorePlace(attributes, options, properties);
        Withdraw(context, options);
        options.CookieManager.DeleteCookie(context, options.Cookie.Name!, attributes);
        PreventCaching(context.Response.Headers);
    }

    // A shared cache that stores the response would give this session's cookie to others.
    private static void PreventCaching(IHeaderDictionary headers)
    {
        headers.CacheControl = "no-cache,no-store";
        headers.Pragma = "no-cache";
        headers.Expires = "Thu, 01 Jan 1970 00:00:00 GMT";
    }

    private static DateTimeOffset Now(IssuedTicket issued) => issued.Options.Clock.GetUtcNow();
}
