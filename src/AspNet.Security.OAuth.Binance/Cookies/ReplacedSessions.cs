using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The sessions whose cookie a sign-in takes: found at the challenge and at the sign-in, and replaced when it has succeeded.
/// </summary>
internal sealed class ReplacedSessions(IssuedTickets tickets, SessionRegistry sessions, SessionCookieReader reader)
{
    // Written by the challenge: the sessions of the browser that a callback may not see, because their cookies are SameSite=Strict or of
    // another path.
    private const string ReplacesItem = ".binance.replaces";
    private const char Separator = '\n';

    /// <summary>Remembers in a challenge's state which sessions the browser has.</summary>
    public async Task KeepAsync(HttpContext context, AuthenticationProperties properties)
    {
        var found = await reader.ReadAllAsync(context, skipsFailures: true);
        var kept = found
            .Select(session => (session.CookieScheme, Id: IssuedTickets.SessionId(session.Properties), session.StoreKey))
            .Where(session => session.Id is not null)
            .Select(session => $"{session.CookieScheme}{Separator}{session.Id}{Separator}{session.StoreKey}")
            .ToArray();
        if (kept.Length > 0)
        {
            properties.Items[ReplacesItem] = string.Join(Separator, kept);
        }
    }

    /// <summary>Finds the sessions that a sign-in replaces when it has succeeded.</summary>
    public async Task FindAsync(CookieSigningInContext context, string successor)
    {
        var before = await SessionCookieReader.ReadSessionAsync(context.HttpContext, context.Options);
        if (before is not null && tickets.Find(before.Properties) is { } issued && IssuedTickets.SessionId(before.Properties) is { } id)
        {
            AddReplaced(context, id, successor, issued, before.Properties);
        }

        if (tickets.Find(context.Properties) is { } ours)
        {
            foreach (var (other, key) in TakeKept(context.Properties, context.Scheme.Name))
            {
                AddReplaced(context, other, successor, ours, context.Properties);
                if (key.Length > 0 && context.Options.SessionStore is IServerSessionStore)
                {
                    (PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options).ReplacedKeys ??= []).Add(key);
                }
            }
        }
    }

    /// <summary>After the sign-in: the sessions before it are replaced. Those of a callback are when it has succeeded.</summary>
    public Task ReplaceAsync(CookieSignedInContext context)
        => PendingCookies.Find(context.HttpContext) is { SignInId: null } pending && pending.Find(context.Scheme.Name) is { } cookie
            ? ReplaceAsync(context.HttpContext, cookie)
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

        for (var i = 0; i < pending.Cookies.Count; i++)
        {
            var cookie = pending.Cookies[i];
            if (cookie is { SignedIn: { Key: { } key, Issued: var issued } }
                && key.Id == begun
                && await sessions.FindStateAsync(key, issued) is not SessionState.Live)
            {
                await WithdrawAsync(context, cookie, isShared: true);
            }

            await ReplaceAsync(context, cookie);
        }
    }

    /// <summary>Withdraws the sign-in of a request that failed: nobody is told of a failure and signed in all the same.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cookieScheme">The cookie that the sign-in was for.</param>
    /// <param name="isShared">Whether another delivery of the callback has the session.</param>
    public static async Task WithdrawAsync(HttpContext context, string? cookieScheme, bool isShared)
    {
        // Not injected: the options of a cookie are made with the events, which need this class.
        if (cookieScheme is not null)
        {
            var cookies = context.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>();
            SetCookieHeaders.Withdraw(context, cookies.Get(cookieScheme));
        }

        foreach (var cookie in PendingCookies.Find(context)?.Cookies ?? [])
        {
            (cookie.Replacements, cookie.ReplacedKeys) = (null, null);
            if (cookie.SignedIn is not null)
            {
                await WithdrawAsync(context, cookie, isShared);
            }
        }
    }

    private async Task ReplaceAsync(HttpContext context, PendingCookie cookie)
    {
        // The keys first: a store that fails leaves the sessions before as they were.
        while (cookie.ReplacedKeys is [var key, ..] keys)
        {
            await cookie.Options.SessionStore!.RemoveAsync(key, context, CancellationToken.None);
            keys.RemoveAt(0);
        }

        if (cookie.Replacements is { } replacements)
        {
            cookie.Replacements = null;
            foreach (var (session, successor, issued, ticket) in replacements)
            {
                await sessions.ReplaceAsync(session, successor, issued, ticket);
            }
        }
    }

    private static async Task WithdrawAsync(HttpContext context, PendingCookie cookie, bool isShared)
    {
        (cookie.IsWithdrawn, cookie.SignedIn, cookie.Replacements, cookie.ReplacedKeys) = (true, null, null, null);
        if (!context.Response.HasStarted)
        {
            SetCookieHeaders.Withdraw(context, cookie.Options);
        }

        if (cookie is { FreshKey: { } key, Options.SessionStore: { } store })
        {
            cookie.FreshKey = null;
            try
            {
                await (store is not IServerSessionStore own ? store.RemoveAsync(key, context, CancellationToken.None)
                    : isShared ? Task.CompletedTask
                    : own.WithdrawAsync(key));
            }
            catch (Exception)
            {
                // Nobody has the key.
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
    private static List<(string Id, string StoreKey)> TakeKept(AuthenticationProperties properties, string scheme)
    {
        if (!properties.Items.Remove(ReplacesItem, out var kept) || kept is null)
        {
            return [];
        }

        List<(string Id, string StoreKey)> taken = [];
        List<string> others = [];
        foreach (var session in kept.Split(Separator).Chunk(3).Where(session => session.Length == 3))
        {
            if (session[0] == scheme)
            {
                taken.Add((session[1], session[2]));
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
