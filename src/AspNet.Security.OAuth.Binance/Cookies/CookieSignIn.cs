using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Handles the sign-in of a ticket of ours to a cookie: a new session begins, with the newest tokens, and replaces the session
/// that the cookie held.
/// </summary>
internal sealed class CookieSignIn(
    IssuedTickets tickets, SessionRegistry sessions, TokenRefresher refresher, RefreshChain chain, SessionCookieReader reader, ReplacedSessions replaced, SignInCounts signIns, CookieWriter writer)
{
    /// <summary>Runs before the application's event: restores the attributes of the existing cookie, so that another path base does not make a second one.</summary>
    public void SigningIn(CookieSigningInContext context)
    {
        if (SessionCookieReader.ReadTicket(context.HttpContext, context.Options) is { } before && tickets.Find(before.Properties) is not null)
        {
            CookieAttributes.RestorePlace(context.CookieOptions, context.Options, before.Properties);
        }
    }

    /// <summary>Runs after the application's event: makes the ticket a session of its own.</summary>
    public async Task SignedInAsync(CookieSigningInContext context)
    {
        var (http, options, properties) = (context.HttpContext, context.Options, context.Properties);
        SetCookieHeaders.Withdraw(http, options);
        signIns.Add(context.Scheme.Name);
        var issued = tickets.Find(properties) ?? await AdoptAsync(http, properties);
        var isOnServer = options.SessionStore is IServerSessionStore;
        var pending = issued is not null || isOnServer ? PendingCookies.Of(http) : PendingCookies.Find(http);
        var cookie = pending?.Cookie(context.Scheme.Name, options);
        var earlier = cookie?.SignedIn;
        if (cookie is not null)
        {
            (cookie.IsDecided, cookie.IsWithdrawn, cookie.SignedIn) = (true, false, null);
        }

        if (issued is not { } ours || StoredTokens.AccessToken(properties) is null)
        {
            if (isOnServer)
            {
                // An error page that clears the headers would lose the key, and the previous session is over.
                writer.Schedule(http);
            }

            // A ticket of another scheme replaces the cookie of a session of ours.
            await replaced.FindAsync(context, IssuedTickets.NewSessionId());
            return;
        }

        var now = ours.Options.Clock.GetUtcNow();
        pending!.KeepSessionId(properties);
        if (pending.SessionIdOf(properties) is { } before && before != pending.SignInId && await HasEndedAsync(http, cookie!, before, ours))
        {
            cookie!.IsWithdrawn = true;
        }

        // A callback that is delivered twice begins one session, which may have been signed out or replaced in the meantime.
        var id = pending.SignInId is { } begun && !cookie!.IsOver(begun) ? begun : IssuedTickets.NewSessionId();
        if (id == pending.SignInId && await sessions.FindStateAsync(new(cookie!.Scheme, id), ours) is not SessionState.Live)
        {
            cookie.IsWithdrawn = true;
        }

        // The callback's own response is a redirect, which is not cached.
        if (cookie!.IsWithdrawn || http.Request.Path != ours.Options.CallbackPath)
        {
            writer.Schedule(http);
        }

        if (!await TakeNewestAsync(properties, ours, now) && pending.SignInId is not null)
        {
            // The session of another delivery has refreshed the tokens, and the new ones are no longer known. That delivery wrote the newer cookie.
            cookie.IsWithdrawn = true;
            writer.Schedule(http);
        }

        if (PendingCookies.IsUnderValidation(http, context.Scheme.Name))
        {
            await RefreshAsync(properties, ours, now);
        }

        IssuedTickets.Mark(properties, ours.Scheme);
        IssuedTickets.BeginSession(properties, id);
        CookieAttributes.Keep(options, context.CookieOptions, options.Cookie.Build(http), properties, now);
        cookie!.SignedIn = new(new SessionKey(cookie.Scheme, id), properties, ours);
        if (!cookie.IsWithdrawn)
        {
            if (earlier?.Key is { } signedIn && signedIn.Id != id)
            {
                cookie.Over.Add(signedIn.Id);
                (cookie.Replacements ??= []).Add(new(signedIn, id, earlier.Issued, earlier.Properties));
            }

            await replaced.FindAsync(context, id);
        }
    }

    // The ticket may come from another cookie of the request, and holds only the id of its session. A session that the request itself ended may begin again.
    private async Task<bool> HasEndedAsync(HttpContext http, PendingCookie cookie, string id, IssuedTicket issued)
    {
        var pending = PendingCookies.Of(http);
        foreach (var scheme in (await reader.SchemesOfRequestAsync(http)).Append(cookie.Scheme).Distinct(StringComparer.Ordinal))
        {
            if (pending.Find(scheme)?.IsOver(id) is not true && await sessions.FindStateAsync(new(scheme, id), issued) is SessionState.Ended)
            {
                return true;
            }
        }

        return false;
    }

    // An application may have copied the tokens of one cookie's session into new properties for another cookie.
    private async Task<IssuedTicket?> AdoptAsync(HttpContext http, AuthenticationProperties properties)
    {
        if (StoredTokens.AccessToken(properties) is not { } accessToken)
        {
            return null;
        }

        foreach (var session in await reader.ReadAllAsync(http, skipsFailures: true))
        {
            var (held, refreshToken) = (StoredTokens.AccessToken(session.Properties), StoredTokens.RefreshToken(session.Properties));
            if (held == accessToken
                || (refreshToken is not null && refreshToken == StoredTokens.RefreshToken(properties))
                || (await chain.FollowAsync(new(null, session.Properties, session.Issued), inFarm: false, waits: false, CancellationToken.None)).Tokens?.AccessToken == accessToken)
            {
                return session.Issued;
            }
        }

        return null;
    }

    // Tokens that are not due are the newest.
    private async Task<bool> TakeNewestAsync(AuthenticationProperties properties, IssuedTicket issued, DateTimeOffset now)
    {
        var isDue = StoredTokens.IsDue(properties, now, issued.Options.RefreshBeforeExpiration);
        var newest = await chain.FollowAsync(new(null, properties, issued), inFarm: isDue, waits: isDue, CancellationToken.None);
        if (newest.Tokens is { } tokens && !StoredTokens.IsOlder(tokens, properties))
        {
            StoredTokens.Store(properties, tokens, now, issued.Options.RefreshBeforeExpiration);
        }

        return newest.Last is not NewestTokens.Outcome.Spent;
    }

    // This sign-in is part of a validation, which would refresh the tokens when they can no longer be written to the new cookie.
    private async Task RefreshAsync(AuthenticationProperties properties, IssuedTicket issued, DateTimeOffset now)
    {
        if (CookieRefresh.IsDue(properties, issued.Options))
        {
            try
            {
                var tokens = await refresher.Refresh(new(null, properties, issued)).WaitAsync(issued.Options.BackchannelTimeout, CancellationToken.None);
                StoredTokens.Store(properties, tokens, now, issued.Options.RefreshBeforeExpiration);
            }
            catch (BinanceAuthenticationException)
            {
                // The validation handles the failure.
            }
        }
    }
}
