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

        string? written;
        do
        {
            written = StoredTokens.AccessToken(ticket.Properties);
            await store.RenewAsync(key, ticket, context, CancellationToken.None);

            // A store may write slowly: what happened meanwhile is not undone.
            if (cookie.Session!.Key is { } live && await sessions.FindStateAsync(live, cookie.Session.Issued) is not SessionState.Live)
            {
                await store.RemoveAsync(key, context, CancellationToken.None);
                return null;
            }
        }
        while (await UpdateAsync(ticket, cookie, slidesAt: null) is not null && StoredTokens.AccessToken(ticket.Properties) != written);
        return ticket;
    }

    /// <summary>Renews the stored session with tokens that were refreshed. A store that fails costs no page: the tokens are kept for a while.</summary>
    public async Task TryRenewStoredAsync(HttpContext context, PendingCookie cookie)
    {
        try
        {
            await RenewStoredAsync(context, cookie, slidesAt: null);
        }
        catch (Exception exception)
        {
            Log.CookieNotWritten(logger, exception.GetType().Name);
        }
    }

    /// <summary>Remembers what a sign-in wrote, so that it is written again if an error page clears the headers: the session before is replaced.</summary>
    public static void KeepWritten(CookieSignedInContext context)
    {
        if (PendingCookies.Find(context.HttpContext) is { IsWritten: true } pending && pending.Find(context.Scheme.Name) is { SignedIn: not null } cookie)
        {
            cookie.Written = SetCookieHeaders.WrittenOf(context.Response.Headers, context.Options.Cookie.Name!);
        }
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
                if (session.Key is { } written && await sessions.FindStateAsync(written, issued) is not SessionState.Live)
                {
                    await store.RemoveAsync(key, CancellationToken.None);
                }
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
            // Who refreshes these very tokens writes them; tokens that were refused end the session; and spent ones are older than those of the browser.
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
            foreach (var cookie in pending.Cookies.ToArray())
            {
                try
                {
                    await WriteAsync(context, cookie);
                }
                catch (Exception exception)
                {
                    // The other cookies are written all the same.
                    Log.CookieNotWritten(logger, exception.GetType().Name);
                }
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
            SetCookieHeaders.Withdraw(context, cookie.Options);
        }
        else if (cookie.IsDecided)
        {
            WriteAgain(context, cookie);
            SetCookieHeaders.PreventCaching(context.Response.Headers);
        }
        else if (cookie is { IsDeleted: true, Session: { } over })
        {
            if (await MayDeleteAsync(cookie, over))
            {
                Delete(context, cookie.Options, over.Properties);
            }
        }
        else if (cookie.Session is { } session && (cookie.Refreshed is not null || cookie.Slides || cookie.Renewal is not null))
        {
            await RenewAsync(context, cookie, session);
        }
    }

    // An error page clears the headers; the sign-in or sign-out happened all the same.
    private static void WriteAgain(HttpContext context, PendingCookie cookie)
    {
        var headers = context.Response.Headers;
        if (SetCookieHeaders.IsWritten(headers, cookie.Options.Cookie.Name!))
        {
            return;
        }

        if (cookie.SignedIn is null && cookie.SignedOut is { } signedOut)
        {
            Delete(context, cookie.Options, signedOut);
        }
        else if (cookie.SignedIn is not null)
        {
            headers.SetCookie = headers.SetCookie.Concat(cookie.Written).ToArray();
        }
    }

    // By now the cookie may be that of another sign-in: whatever became of the session since it was rejected, others did.
    private async Task<bool> MayDeleteAsync(PendingCookie cookie, IssuedSession over)
    {
        if (Now(over.Issued) - cookie.RequestedAt > SessionRegistry.Grace)
        {
            return false;
        }

        return over.Key is not { } key || await sessions.FindStateAsync(key, over.Issued) == (cookie.WasOver ? SessionState.Ended : SessionState.Live);
    }

    private async Task RenewAsync(HttpContext context, PendingCookie cookie, IssuedSession session)
    {
        var (issued, options) = (session.Issued, cookie.Options);
        if (Now(issued) - cookie.RequestedAt > SessionRegistry.Grace
            || (session.Key is { } key && await sessions.FindStateAsync(key, issued) is not SessionState.Live))
        {
            return;
        }

        DateTimeOffset? slidesAt = cookie.Renewal is not null || cookie.Slides ? cookie.RequestedAt : null;
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

        SetCookieHeaders.Withdraw(context, options);
        options.CookieManager.AppendResponseCookie(context, options.Cookie.Name!, SessionCookieReader.Protect(context, options, ticket), attributes);
        SetCookieHeaders.PreventCaching(context.Response.Headers);
    }

    private static void Delete(HttpContext context, CookieAuthenticationOptions options, AuthenticationProperties properties)
    {
        var attributes = options.Cookie.Build(context);
        (attributes.Expires, attributes.MaxAge) = (null, null);
        CookieShape.RestorePlace(attributes, options, properties);
        SetCookieHeaders.Withdraw(context, options);
        options.CookieManager.DeleteCookie(context, options.Cookie.Name!, attributes);
        SetCookieHeaders.PreventCaching(context.Response.Headers);
    }

    private static DateTimeOffset Now(IssuedTicket issued) => issued.Options.Clock.GetUtcNow();
}
