using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when a ticket of ours is signed in to a cookie: a new session begins, with the newest tokens, and replaces the one that
/// the cookie held.
/// </summary>
internal sealed class CookieSignIn(
    IssuedTickets tickets, SessionRegistry sessions, TokenRefresher refresher, SessionCookieReader reader, CookieWriter writer)
{
    // Written by the challenge: the sessions of the browser that a callback may not see, because their cookies are SameSite=Strict or of
    // another path.
    private const string ReplacesItem = ".binance.replaces";
    private const char Separator = '\n';

    /// <summary>Remembers in a challenge's state which sessions the browser has.</summary>
    public async Task KeepSessionsAsync(HttpContext context, AuthenticationProperties properties)
    {
        var found = await reader.ReadAllAsync(context, skipsFailures: true);
        var kept = found
            .Select(session => (session.CookieScheme, Id: IssuedTickets.SessionId(session.Properties)))
            .Where(session => session.Id is not null)
            .Select(session => $"{session.CookieScheme}{Separator}{session.Id}")
            .ToArray();
        if (kept.Length > 0)
        {
            properties.Items[ReplacesItem] = string.Join(Separator, kept);
        }
    }

    /// <summary>Before the application's event: one cookie stays one cookie, whatever path base this request has.</summary>
    /// <returns><see langword="true"/> if the attributes were changed.</returns>
    public bool SigningIn(CookieSigningInContext context)
    {
        if (SessionCookieReader.ReadTicket(context.HttpContext, context.Options) is { } before && tickets.Find(before.Properties) is not null)
        {
            CookieShape.RestorePlace(context.CookieOptions, context.Options, before.Properties);
            return true;
        }

        return false;
    }

    /// <summary>After the application's event: makes the ticket that is signed in a session of its own.</summary>
    /// <param name="context">The sign-in.</param>
    /// <param name="isChanged">Whether anybody may have changed the attributes of the cookie.</param>
    public async Task SignedInAsync(CookieSigningInContext context, bool isChanged)
    {
        var (http, options, properties) = (context.HttpContext, context.Options, context.Properties);
        SetCookieHeaders.Withdraw(http, options);
        var issued = tickets.Find(properties) ?? await AdoptAsync(http, properties);
        var pending = issued is not null ? PendingCookies.Of(http) : PendingCookies.Find(http);
        var cookie = pending?.Cookie(context.Scheme.Name, options);
        var earlier = cookie?.SignedIn;
        if (cookie is not null)
        {
            (cookie.IsDecided, cookie.IsWithdrawn, cookie.SignedIn) = (true, false, null);
        }

        if (issued is not { } ours || StoredTokens.AccessToken(properties) is null)
        {
            // Somebody else's ticket takes the cookie of a session of ours.
            await FindReplacedAsync(context, IssuedTickets.NewSessionId());
            return;
        }

        var now = ours.Options.Clock.GetUtcNow();
        pending!.KeepSessionId(properties);
        if (pending.SessionIdOf(properties) is { } before
            && !cookie!.IsOver(before)
            && await sessions.FindStateAsync(new(cookie.Scheme, before), ours) is SessionState.Ended)
        {
            cookie.IsWithdrawn = true;
        }

        // A callback that is delivered twice begins one session. The user may have signed out of it meanwhile, or signed in again.
        var id = pending.SignInId is { } begun && !cookie!.IsOver(begun) ? begun : IssuedTickets.NewSessionId();
        if (id == pending.SignInId && await sessions.FindStateAsync(new(cookie!.Scheme, id), ours) is not SessionState.Live)
        {
            cookie.IsWithdrawn = true;
        }

        // The callback's own response is a redirect, which nobody caches.
        if (cookie!.IsWithdrawn || http.Request.Path != ours.Options.CallbackPath)
        {
            writer.Schedule(http);
        }

        if (!await TakeNewestAsync(properties, ours, now) && pending.SignInId is not null)
        {
            // Another delivery's session has refreshed the tokens, which are not known any more. It has the newer cookie.
            cookie.IsWithdrawn = true;
            writer.Schedule(http);
        }

        if (PendingCookies.IsUnderValidation(http, context.Scheme.Name))
        {
            await RefreshAsync(properties, ours, now);
        }

        IssuedTickets.Mark(properties, ours.Scheme);
        IssuedTickets.BeginSession(properties, id);
        CookieShape.Keep(options, context.CookieOptions, isChanged ? options.Cookie.Build(http) : context.CookieOptions, properties, now);
        cookie!.SignedIn = new(new SessionKey(cookie.Scheme, id), properties, ours);
        if (!cookie.IsWithdrawn)
        {
            if (earlier?.Key is { } replaced && replaced.Id != id)
            {
                cookie.Over.Add(replaced.Id);
                (cookie.Replacements ??= []).Add(new(replaced, id, earlier.Issued, earlier.Properties));
            }

            await FindReplacedAsync(context, id);
        }
    }

    /// <summary>After the sign-in: the sessions before it are replaced. Those of a callback are when it has succeeded.</summary>
    public Task ReplaceAsync(CookieSignedInContext context)
        => PendingCookies.Find(context.HttpContext) is { SignInId: null } pending && pending.Find(context.Scheme.Name) is { } cookie
            ? ReplaceAsync(cookie)
            : Task.CompletedTask;

    /// <summary>
    /// After a callback that succeeded: the sessions before it are replaced. If its own session ended meanwhile, because another delivery
    /// was signed in and out, or was replaced, nothing is written.
    /// </summary>
    public async Task FinishAsync(HttpContext context)
    {
        if (PendingCookies.Find(context) is not { SignInId: { } begun } pending)
        {
            return;
        }

        foreach (var cookie in pending.Cookies)
        {
            if (cookie is { SignedIn: { Key: { } key, Issued: var issued } }
                && key.Id == begun
                && await sessions.FindStateAsync(key, issued) is not SessionState.Live)
            {
                await WithdrawAsync(context, cookie);
            }

            await ReplaceAsync(cookie);
        }
    }

    private async Task ReplaceAsync(PendingCookie cookie)
    {
        if (cookie.Replacements is { } replacements)
        {
            cookie.Replacements = null;
            foreach (var (session, successor, issued, ticket) in replacements)
            {
                await sessions.ReplaceAsync(session, successor, issued, ticket);
            }
        }
    }

    private static async Task WithdrawAsync(HttpContext context, PendingCookie cookie)
    {
        (cookie.IsWithdrawn, cookie.SignedIn, cookie.Replacements) = (true, null, null);
        if (!context.Response.HasStarted)
        {
            SetCookieHeaders.Withdraw(context, cookie.Options);
        }

        if (cookie is { FreshKey: { } key, Options.SessionStore: { } store })
        {
            cookie.FreshKey = null;
            try
            {
                await store.RemoveAsync(key, context, CancellationToken.None);
            }
            catch (Exception)
            {
                // Nobody has the key.
            }
        }
    }

    /// <summary>Withdraws the sign-in of a request that failed: nobody is told of a failure and signed in all the same.</summary>
    public static async Task WithdrawAsync(HttpContext context, string? cookieScheme)
    {
        // Not injected: the options of a cookie are made with the events, which need this class.
        if (cookieScheme is not null)
        {
            var cookies = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();
            SetCookieHeaders.Withdraw(context, cookies.Get(cookieScheme));
        }

        foreach (var cookie in PendingCookies.Find(context)?.Cookies ?? [])
        {
            cookie.Replacements = null;
            if (cookie.SignedIn is not null)
            {
                await WithdrawAsync(context, cookie);
            }
        }
    }

    /// <summary>
    /// Gives a session that is kept on the server a new key. The cookie handler goes on with the key that the browser brought, and
    /// whoever planted that key there would be in the new user's session (session fixation).
    /// </summary>
    public static async Task StoreAsync(CookieSignedInContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (options.SessionStore is not { } store
            || PendingCookies.Find(http)?.Find(context.Scheme.Name) is not { SignedIn: { } session } cookie
            || SessionCookieReader.ReadWrittenKey(http, options) is not { } written)
        {
            return;
        }

        if (cookie.FreshKey is { } earlier && earlier != written)
        {
            await store.RemoveAsync(earlier, http, CancellationToken.None);
        }

        cookie.FreshKey = written;
        if (cookie.IsWithdrawn)
        {
            await store.RemoveAsync(written, http, CancellationToken.None);
            return;
        }

        if (SessionCookieReader.ReadKey(http, options) != written && !cookie.DeadKeys.Contains(written))
        {
            return;
        }

        // The old key first: it opens the new user's session.
        await store.RemoveAsync(written, http, CancellationToken.None);
        var ticket = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);
        cookie.FreshKey = await store.StoreAsync(ticket, http, CancellationToken.None);
        var attributes = CookieShape.Restore(http, options, session.Properties, session.Issued.Options.Clock.GetUtcNow());
        SetCookieHeaders.Withdraw(http, options);
        options.CookieManager.AppendResponseCookie(
            http,
            options.Cookie.Name!,
            SessionCookieReader.Protect(http, options, SessionCookieReader.TicketOf(cookie.FreshKey, cookie.Scheme, options)),
            attributes);
    }

    // An application may have put the tokens of one cookie's session into new properties for another.
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
                || (await refresher.FindNewestAsync(session.Issued, refreshToken, inFarm: false, waits: false, CancellationToken.None)).Tokens?.AccessToken == accessToken)
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
        var newest = await refresher.FindNewestAsync(issued, StoredTokens.RefreshToken(properties), inFarm: isDue, waits: isDue, CancellationToken.None);
        if (newest.Tokens is { } tokens && !StoredTokens.IsOlder(tokens, properties))
        {
            StoredTokens.Store(properties, tokens, now, issued.Options.RefreshBeforeExpiration);
        }

        return newest.Last is not NewestTokens.Outcome.Spent;
    }

    // The validation that this sign-in is a part of would refresh the tokens next, when they can no longer be written to the new cookie.
    private async Task RefreshAsync(AuthenticationProperties properties, IssuedTicket issued, DateTimeOffset now)
    {
        if (CookieRefresh.IsDue(properties, issued.Options))
        {
            try
            {
                var tokens = await refresher.RefreshAsync(issued.Scheme, StoredTokens.RefreshToken(properties)!, CancellationToken.None);
                StoredTokens.Store(properties, tokens, now, issued.Options.RefreshBeforeExpiration);
            }
            catch (BinanceAuthenticationException)
            {
                // The validation decides what this means for the session.
            }
        }
    }

    private async Task FindReplacedAsync(CookieSigningInContext context, string successor)
    {
        var before = await SessionCookieReader.ReadSessionAsync(context.HttpContext, context.Options);
        if (before is not null && tickets.Find(before.Properties) is { } issued && IssuedTickets.SessionId(before.Properties) is { } id)
        {
            AddReplaced(context, id, successor, issued, before.Properties);
        }

        if (tickets.Find(context.Properties) is { } ours)
        {
            foreach (var other in TakeKept(context.Properties, context.Scheme.Name))
            {
                AddReplaced(context, other, successor, ours, context.Properties);
            }
        }
    }

    private static void AddReplaced(CookieSigningInContext context, string id, string successor, IssuedTicket issued, AuthenticationProperties ticket)
    {
        var cookie = PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options);
        if (id != successor && cookie.Over.Add(id))
        {
            (cookie.Replacements ??= []).Add(new(new(context.Scheme.Name, id), successor, issued, ticket));
        }
    }

    // The sessions in the cookie of this scheme; what the challenge saw of other cookies stays for the sign-ins to those.
    private static List<string> TakeKept(AuthenticationProperties properties, string scheme)
    {
        if (!properties.Items.Remove(ReplacesItem, out var kept) || kept is null)
        {
            return [];
        }

        List<string> taken = [];
        List<string> others = [];
        foreach (var session in kept.Split(Separator).Chunk(2).Where(session => session.Length == 2))
        {
            if (session[0] == scheme)
            {
                taken.Add(session[1]);
            }
            else
            {
                others.AddRange(session);
            }
        }

        if (others.Count > 0)
        {
            properties.Items[ReplacesItem] = string.Join(Separator, others);
        }

        return taken;
    }
}
