using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The only class that writes the cookie of a ticket of ours. It writes when the response starts, with the newest tokens at that time,
/// the session's own times, and the attributes of the sign-in; and it writes nothing if the session is over or was replaced.
/// </summary>
internal sealed class CookieWriter(
    SessionRegistry sessions, SessionUpdate update, StoredSessions stored, SignInCounts signIns, SignOutRevocation revocation, SafeLogger<CookieWriter> logger)
{
    // Response caching decides by the headers before the response starts, and stores no response with a Set-Cookie header.
    private const string Placeholder = ".binance.pending=; path=/; max-age=0";

    /// <summary>Schedules the writing of this request's cookies for the start of its response.</summary>
    public void Schedule(HttpContext context)
    {
        var pending = PendingCookies.Of(context);
        if (!pending.IsScheduled && !context.Response.HasStarted)
        {
            pending.IsScheduled = true;
            context.Response.Headers.Append("Set-Cookie", Placeholder);
            context.Response.OnStarting(WriteAsync, context);
        }
    }

    /// <summary>
    /// Schedules the revocation of a session's tokens for the start of the response, or for the end of the request if the response does not start.
    /// After the start of the response, or an abort of the request, they are revoked at once.
    /// </summary>
    public Task RevokeAsync(HttpContext context, IssuedSession session)
    {
        PendingCookies.Of(context).Ends.Revocations.Add(session);
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return revocation.RevokePendingAsync(context);
        }

        ScheduleDecision(context);
        return Task.CompletedTask;
    }

    /// <summary>Schedules the end of an external login, and the revocation of its tokens unless they are kept, for the start of the response. The sign-in of an aborted request continues.</summary>
    public void EndExternalLogin(HttpContext context, IssuedSession external)
    {
        PendingCookies.Of(context).Ends.ExternalLogins.Add(external);
        ScheduleDecision(context);
    }

    /// <summary>Schedules the decision about the tokens of external logins for the start of the response, or for the end of the request if the response does not start.</summary>
    public void ScheduleDecision(HttpContext context)
    {
        Schedule(context);
        context.Response.OnCompleted(revocation.DecideAsync, context);
    }

    /// <summary>Stores the headers that a sign-in wrote, in order to write them again if an error page clears them: the previous session is replaced already.</summary>
    public static void KeepWritten(CookieSignedInContext context)
    {
        if (PendingCookies.Find(context.HttpContext) is { IsScheduled: true } pending
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
                    // The other cookies are still written.
                    Log.CookieNotWritten(logger, exception.GetType().Name);
                }
            }

            await revocation.DecideAsync(context);
        }
        catch (Exception exception)
        {
            // An exception in an OnStarting callback would fail the response.
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

    // An error page may have cleared the headers, although the sign-in or sign-out has taken effect.
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

    // After another request changed the state, or signed in to the cookie, the cookie may be that of another session.
    private async Task<bool> MayDeleteAsync(PendingCookie cookie, IssuedSession over)
    {
        if (Now(over.Issued) - cookie.RequestedAt > SessionRegistry.Grace || !signIns.AreUnchanged(cookie))
        {
            return false;
        }

        if (over.Key is not { } key)
        {
            return true;
        }

        var state = await sessions.FindStateAsync(key, over.Issued);
        return cookie.WasOver ? state is SessionState.Ended && !await sessions.IsFollowedAsync(key, over.Issued) : state is SessionState.Live;
    }

    // The request continued with an access token that was still valid. The new tokens of a refresh that this process sent exist only here, and this response carries them.
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
            // The next request gets the outcome.
            return null;
        }
    }

    private async Task RenewAsync(HttpContext context, PendingCookie cookie, IssuedSession session)
    {
        var (issued, options) = (session.Issued, cookie.Options);
        var wasUnavailable = sessions.IsUnavailable(issued.Options.Clock);
        if (Now(issued) - cookie.RequestedAt > SessionRegistry.Grace
            || (session.Key is { } key && await sessions.FindStateAsync(key, issued) is not SessionState.Live))
        {
            return;
        }

        DateTimeOffset? slidesAt = cookie.Renewal is not null || cookie.Slides ? cookie.RequestedAt : null;
        if (options.SessionStore is { } store)
        {
            // The cookie holds the key, and only changes with the session's times.
            if (SessionCookieReader.ReadKey(context, options) is { } id
                && await stored.RenewAsync(context, store, id, session, cookie.Renewal, slidesAt) is { } renewed
                && slidesAt is not null)
            {
                Append(context, cookie, SessionCookieReader.TicketOf(id, cookie.Scheme, options), renewed.Properties);
            }
        }

        // The ticket of the request's cookie, without changes that the application made to the principal of this request only.
        else if ((cookie.Renewal ?? SessionCookieReader.ReadTicket(context, options)) is { } ticket)
        {
            var held = StoredTokens.AccessToken(ticket.Properties);
            if (await update.TryApplyAsync(ticket, issued, cookie.Refreshed, slidesAt)
                && (cookie.Refreshed is not null || StoredTokens.AccessToken(ticket.Properties) != held || !(wasUnavailable || sessions.IsUnavailable(issued.Options.Clock))))
            {
                Append(context, cookie, ticket, ticket.Properties);
            }
        }
    }

    private static void Append(HttpContext context, PendingCookie cookie, AuthenticationTicket ticket, AuthenticationProperties properties)
    {
        var options = cookie.Options;
        var attributes = CookieAttributes.Restore(context, options, properties, cookie.Session!.Issued.Options.Clock.GetUtcNow());
        if (attributes.MaxAge is { } left && left <= TimeSpan.Zero)
        {
            return;
        }

        if (options.SessionStore is IServerSessionStore && attributes is { MaxAge: null, Expires: null })
        {
            // A browser-session cookie has no expiry to renew.
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
        CookieAttributes.RestorePlace(attributes, options, properties);
        options.CookieManager.DeleteCookie(context, options.Cookie.Name!, attributes);
        SetCookieHeaders.PreventCaching(context.Response.Headers);
    }

    private static DateTimeOffset Now(IssuedTicket issued) => issued.Options.Clock.GetUtcNow();
}
