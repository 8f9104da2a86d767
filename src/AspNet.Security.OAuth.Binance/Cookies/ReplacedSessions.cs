using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The sessions that a sign-in to the same cookie replaces: found at the challenge and at the sign-in, and replaced when the sign-in has succeeded.
/// </summary>
internal sealed class ReplacedSessions(IssuedTickets tickets, SessionRegistry sessions, SessionCookieReader reader)
{
    // Written by the challenge: the sessions of the browser whose cookies the callback may not receive, because they are SameSite=Strict or have
    // another path.
    private const string ReplacesItem = ".binance.replaces";
    private const char Separator = '\n';

    /// <summary>Stores the browser's sessions in a challenge's state.</summary>
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

    /// <summary>Runs after a sign-in: replaces the previous sessions. Those of a callback are replaced by <see cref="FinishAsync"/>.</summary>
    public Task ReplaceAsync(CookieSignedInContext context)
        => PendingCookies.Find(context.HttpContext) is { SignInId: null } pending && pending.Find(context.Scheme.Name) is { } cookie
            ? ReplaceAsync(context.HttpContext, cookie)
            : Task.CompletedTask;

    /// <summary>
    /// Runs after a callback that succeeded: replaces the previous sessions. If its own session has ended, because another delivery
    /// signed in and was signed out, or was replaced, no cookie is written.
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

    /// <summary>Withdraws the sign-in of a request that failed, so that a response with a failure does not sign the user in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="cookieScheme">The cookie that the sign-in was for.</param>
    /// <param name="isShared">Whether another delivery of the callback uses the session.</param>
    public static async Task WithdrawAsync(HttpContext context, string? cookieScheme, bool isShared)
    {
        // Not injected: creating the cookie's options creates the events, which depend on this class.
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
        // The keys first: when the store fails, the previous sessions stay as they are.
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
                // The key was not sent to a browser.
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

    // Takes the sessions of this scheme's cookie. Those of other cookies stay for the sign-ins to them.
    private static (string Id, string StoreKey)[] TakeKept(AuthenticationProperties properties, string scheme)
    {
        if (!properties.Items.Remove(ReplacesItem, out var kept))
        {
            return [];
        }

        List<(string Id, string StoreKey)> taken = [];
        List<string> others = [];
        foreach (var session in kept!.Split(Separator).Chunk(3).Where(session => session.Length == 3))
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

        return [.. taken];
    }
}
