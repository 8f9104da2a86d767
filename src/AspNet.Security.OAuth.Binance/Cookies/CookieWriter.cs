using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The one place where the cookie of a ticket of ours is written, when the response starts, from what is true then: the newest tokens,
/// the session's own times, the attributes that it was signed in with; or nothing, if the session is over or was replaced.
/// </summary>
internal sealed class CookieWriter(
    SessionRegistry sessions, SessionUpdate update, StoredSessions stored, SignOutRevocation revocation, SafeLogger<CookieWriter> logger)
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
        PendingCookies.Of(context).Ends.Revocations.Add(session);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return revocation.RevokePendingAsync(context);
        }

        Keep(context);
        return Task.CompletedTask;
    }

    /// <summary>Has an external login ended when the response starts, and its tokens revoked, unless they are kept by then. A request that is aborted goes on signing in.</summary>
    public void Leave(HttpContext context, IssuedSession external)
    {
        PendingCookies.Of(context).Ends.Left.Add(external);
        Keep(context);
    }

    /// <summary>Has the tokens of external logins kept when the response starts; if none does, when the request ends.</summary>
    public void Keep(HttpContext context)
    {
        Schedule(context);
        context.Response.OnCompleted(revocation.DecideAsync, context);
    }

    /// <summary>Remembers what a sign-in wrote, so that it is written again if an error page clears the headers: the session before is replaced.</summary>
    public static void KeepWritten(CookieSignedInContext context)
    {
        if (PendingCookies.Find(context.HttpContext) is { IsWritten: true } pending
            && pending.Find(context.Scheme.Name) is { } cookie
            && (cookie.SignedIn is not null || context.Options.SessionStore is IServerSessionStore))
        {
            cookie.Written = SetCookieHeaders.WrittenOf(context.Response.Headers, context.Options.Cookie.Name!);
        }
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
            if (cookie.Options.SessionStore is not IServerSessionStore && await MayDeleteAsync(cookie, over))
            {
                Delete(context, cookie.Options, over.Properties);
            }
        }
        else if (cookie.Session is { } session)
        {
            cookie.Refreshed ??= await FinishRefreshAsync(context, cookie);
            if (cookie.Refreshed is not null || cookie.IsRefused || cookie.Slides || cookie.Renewal is not null)
            {
                await RenewAsync(context, cookie, session);
            }
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

        if (cookie.Written.Length > 0)
        {
            headers.SetCookie = headers.SetCookie.Concat(cookie.Written).ToArray();
        }
        else if (cookie.SignedIn is null && cookie.SignedOut is { } signedOut)
        {
            Delete(context, cookie.Options, signedOut);
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

    // The request went on with an access token that is good. A refresh that this process has sent brings the only new tokens, and this response carries them.
    private static async Task<BinanceTokens?> FinishRefreshAsync(HttpContext context, PendingCookie cookie)
    {
        if (cookie is not { Refreshing: { } call, Session.Issued.Options.BackchannelTimeout: var longest } || !(call.IsSent || call.IsCompleted))
        {
            return null;
        }

        try
        {
            return await call.WaitAsync(longest, context.RequestAborted);
        }
        catch (Exception exception) when (exception is BinanceAuthenticationException or OperationCanceledException)
        {
            // The next request sees what became of it.
            return null;
        }
    }

    private async Task RenewAsync(HttpContext context, PendingCookie cookie, IssuedSession session)
    {
        var (issued, options) = (session.Issued, cookie.Options);
        var isBlind = sessions.IsBlind(issued.Options.Clock);
        if (Now(issued) - cookie.RequestedAt > SessionRegistry.Grace
            || (session.Key is { } key && await sessions.FindStateAsync(key, issued) is not SessionState.Live))
        {
            return;
        }

        DateTimeOffset? slidesAt = cookie.Renewal is not null || cookie.Slides ? cookie.RequestedAt : null;
        if (options.SessionStore is { } store)
        {
            // The cookie holds the key, and changes only with the session's times.
            if (SessionCookieReader.ReadKey(context, options) is { } id
                && await stored.RenewAsync(context, store, id, session, cookie.Renewal, slidesAt) is { } renewed
                && slidesAt is not null)
            {
                Append(context, cookie, SessionCookieReader.TicketOf(id, cookie.Scheme, options), renewed.Properties);
            }
        }

        // The request's own cookie once more: without what the application did to the principal of this request alone.
        else if ((cookie.Renewal ?? SessionCookieReader.ReadTicket(context, options)) is { } ticket)
        {
            var held = StoredTokens.AccessToken(ticket.Properties);
            if (await update.TryApplyAsync(ticket, issued, cookie.Refreshed, slidesAt)
                && (cookie.Refreshed is not null || StoredTokens.AccessToken(ticket.Properties) != held || !(isBlind || sessions.IsBlind(issued.Options.Clock))))
            {
                Append(context, cookie, ticket, ticket.Properties);
            }
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

        if (options.SessionStore is IServerSessionStore && attributes is { MaxAge: null, Expires: null })
        {
            // A cookie that the browser keeps until it is closed has no time of its own.
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
