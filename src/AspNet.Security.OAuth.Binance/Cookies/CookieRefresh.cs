using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Handles the cookie of a request: rejects a session that is over, refreshes tokens that are about to expire, and takes the
/// renewals of the cookie over from the cookie handler, for <see cref="CookieWriter"/> to write. Only a refusal ends a session.
/// </summary>
internal sealed class CookieRefresh(
    IssuedTickets tickets, TokenRefresher refresher, SessionRegistry sessions, StoredSessions stored, SignInCounts signIns, CookieWriter writer)
{
    /// <summary>Takes over the sliding of the cookie: the cookie handler would write it last, with the tokens of the request's cookie.</summary>
    public void CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (context.ShouldRenew && tickets.Find(context.Properties) is { } issued)
        {
            context.ShouldRenew = false;
            if (StateOf(context.Scheme, context.Properties, issued) is SessionState.Live)
            {
                Request(context.HttpContext, context.Scheme, context.Options, context.Properties, issued).Slides = true;
            }
        }
    }

    /// <summary>Returns a value indicating whether the session is over now.</summary>
    public bool IsOver(CookieValidatePrincipalContext context)
        => tickets.Find(context.Properties) is { } issued && StateOf(context.Scheme, context.Properties, issued) is SessionState.Ended;

    // Hot path: runs for every request, without a state machine unless the tokens are due.
    public Task ValidateAsync(CookieValidatePrincipalContext context, bool wasOver)
    {
        if (tickets.Find(context.Properties) is not { } issued)
        {
            return Task.CompletedTask;
        }

        if (context.Principal is null)
        {
            // For a later sign-out of this request, which can no longer authenticate the session.
            PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options).SessionToSignOut = context.Properties;
            return Task.CompletedTask;
        }

        switch (StateOf(context.Scheme, context.Properties, issued))
        {
            case SessionState.Ended:
                Reject(context, issued, deletes: wasOver, wasOver);
                return Task.CompletedTask;
            case SessionState.Replaced:
                context.ShouldRenew = false;
                return Task.CompletedTask;
        }

        if (context.ShouldRenew)
        {
            context.ShouldRenew = false;
            if (context.Properties is { IssuedUtc: not null, ExpiresUtc: not null })
            {
                var cookie = Request(context.HttpContext, context.Scheme, context.Options, context.Properties, issued);
                cookie.Renewal = Clone(context.Principal, context.Properties, context.Scheme.Name);
            }
        }

        // After the start of the response the new tokens cannot be stored, and the old ones would be spent.
        return IsDue(context.Properties, issued.Options) && !context.Response.HasStarted && !SignOutEndpoint.IsOf(context.HttpContext, context.Options)
            ? RefreshAsync(context, issued)
            : Task.CompletedTask;
    }

    // A ticket from which an application removed the tokens is not refreshed.
    public static bool IsDue(AuthenticationProperties properties, BinanceAuthenticationOptions options)
        => options.AutomaticRefresh
            && StoredTokens.IsDue(properties, options.Clock.GetUtcNow(), options.RefreshBeforeExpiration)
            && StoredTokens.AccessToken(properties) is not null
            && StoredTokens.RefreshToken(properties) is not null;

    private SessionState StateOf(AuthenticationScheme scheme, AuthenticationProperties properties, IssuedTicket issued)
        => SessionKey.Of(scheme.Name, properties) is { } key ? sessions.StateOf(key, issued.Options.Clock.GetUtcNow()) : SessionState.Live;

    private async Task RefreshAsync(CookieValidatePrincipalContext context, IssuedTicket issued)
    {
        var (http, options) = (context.HttpContext, context.Options);

        // Before the first await: the response may start during the refresh.
        var cookie = Request(http, context.Scheme, options, context.Properties, issued);
        var session = cookie.Session! with { Properties = context.Properties };
        var longest = StoredTokens.IsExpired(context.Properties, issued.Options.Clock.GetUtcNow()) ? issued.Options.BackchannelTimeout : RefreshCall.WaitWhileValid;
        var (state, tokens) = (SessionState.Live, default(BinanceTokens));
        try
        {
            await PendingCookies.Of(http).WaitAsync(async () => (state, tokens) = await RefreshAsync(context, cookie, session, longest), issued.Options.Clock);
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            Refuse(context, cookie, issued);
            return;
        }
        catch (Exception exception) when (exception is BinanceAuthenticationException or TimeoutException)
        {
            // Any other failure does not end the session, which keeps its tokens.
        }

        if (state is SessionState.Ended)
        {
            Reject(context, issued, deletes: true, wasOver: true);
            return;
        }

        // A session that another process has replaced is accepted as it is: its cookie is not written, and new tokens would be lost.
        if (RejectIfEnded(context, issued) || tokens is null)
        {
            return;
        }

        StoredTokens.Store(context.Properties, tokens, issued.Options.Clock.GetUtcNow(), issued.Options.RefreshBeforeExpiration);
        if (cookie.Renewal is { } renewal)
        {
            StoredTokens.Store(renewal.Properties, tokens, issued.Options.Clock.GetUtcNow(), issued.Options.RefreshBeforeExpiration);
        }

        if (options.SessionStore is null)
        {
            cookie.Refreshed = tokens;
        }
    }

    private bool RejectIfEnded(CookieValidatePrincipalContext context, IssuedTicket issued)
    {
        var hasEnded = StateOf(context.Scheme, context.Properties, issued) is SessionState.Ended;
        if (hasEnded)
        {
            // The session was signed out during the request: this response does not touch the cookie.
            context.RejectPrincipal();
        }

        return hasEnded;
    }

    /// <returns>The state of the session, and the tokens if it is live.</returns>
    private async Task<(SessionState State, BinanceTokens? Tokens)> RefreshAsync(
        CookieValidatePrincipalContext context, PendingCookie cookie, IssuedSession session, TimeSpan longest)
    {
        var (http, options, clock) = (context.HttpContext, context.Options, session.Issued.Options.Clock);
        var started = clock.GetTimestamp();

        // The state of a session on the server was read with the session.
        if (options.SessionStore is not IServerSessionStore
            && session.Key is { } id
            && await sessions.FindStateAsync(id, session.Issued).WaitAsync(longest, clock, http.RequestAborted) is not SessionState.Live and var over)
        {
            return (over, null);
        }

        if (options.SessionStore is { } store && SessionCookieReader.ReadKey(http, options) is { } key)
        {
            return (SessionState.Live, await RefreshStoredAsync(store, key, session, http.RequestAborted));
        }

        var call = refresher.Refresh(session);
        try
        {
            return (SessionState.Live, await call.WaitAsync(longest, longest - clock.GetElapsedTime(started), http.RequestAborted));
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.Timeout)
        {
            // The request does not wait any longer. The response waits for the new tokens and carries them.
            cookie.Refreshing = call;
            throw;
        }
    }

    private void Refuse(CookieValidatePrincipalContext context, PendingCookie cookie, IssuedTicket issued)
    {
        if (issued.Options.EndSessionWhenRefused)
        {
            Reject(context, issued, deletes: true, wasOver: false);
            return;
        }

        StoredTokens.Refuse(context.Properties);
        if (cookie.Renewal is { } renewal)
        {
            StoredTokens.Refuse(renewal.Properties);
        }

        cookie.IsRefused = context.Options.SessionStore is null;
    }

    // Sessions on the server are also refreshed by id, without a cookie. Both ways share one write.
    private Task<BinanceTokens> RefreshStoredAsync(ITicketStore store, string key, IssuedSession session, CancellationToken cancellationToken)
        => store is IServerSessionStore own
            ? stored.RefreshAsync(own.ById, own.IdOf(key), session, cancellationToken)
            : stored.RefreshAsync(store, key, session, cancellationToken);

    private PendingCookie Request(
        HttpContext http, AuthenticationScheme scheme, CookieAuthenticationOptions options, AuthenticationProperties properties, IssuedTicket issued)
    {
        var cookie = PendingCookies.Of(http).Cookie(scheme.Name, options);
        if (cookie.Session is null)
        {
            cookie.Session = new(SessionKey.Of(scheme.Name, properties), properties, issued);
            (cookie.RequestedAt, cookie.SignInsBefore) = (issued.Options.Clock.GetUtcNow(), signIns.Of(scheme.Name));
        }

        writer.Schedule(http);
        return cookie;
    }

    private void Reject(CookieValidatePrincipalContext context, IssuedTicket issued, bool deletes, bool wasOver)
    {
        context.RejectPrincipal();
        var cookie = Request(context.HttpContext, context.Scheme, context.Options, context.Properties, issued);
        (cookie.IsDeleted, cookie.WasOver) = (deletes, wasOver);
    }

    private static AuthenticationTicket Clone(ClaimsPrincipal principal, AuthenticationProperties properties, string scheme)
        => new(
            new ClaimsPrincipal(principal.Identities.Select(identity => identity.Clone())),
            new AuthenticationProperties(new Dictionary<string, string?>(properties.Items)),
            scheme);
}
