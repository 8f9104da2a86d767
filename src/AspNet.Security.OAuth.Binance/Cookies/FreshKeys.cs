using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Gives a session on the server a new key at each sign-in. The cookie handler reuses the key of the browser's cookie, so that
/// an attacker who planted that cookie would share the new user's session (session fixation).
/// </summary>
internal static class FreshKeys
{
    /// <summary>Runs before the cookie handler stores the session: our own store does not overwrite the session of an existing key.</summary>
    public static void SigningIn(CookieSigningInContext context)
    {
        if (context.Options.SessionStore is IServerSessionStore)
        {
            if (context.Response.HasStarted)
            {
                // The cookie handler would store a session whose key cannot be sent.
                throw new InvalidOperationException("The response has started: no user can be signed in any more. Sign in before anything is written.");
            }

            var cookie = PendingCookies.Of(context.HttpContext).Cookie(context.Scheme.Name, context.Options);
            (cookie.SigningIn, cookie.ReusedKey, cookie.StoredKey, cookie.IsBegun) = (context.CookieOptions, null, null, false);
        }
    }

    /// <summary>Runs after the cookie handler has stored the session.</summary>
    public static async Task SignedInAsync(CookieSignedInContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (PendingCookies.Find(http)?.Find(context.Scheme.Name) is not { } cookie)
        {
            return;
        }

        if (options.SessionStore is IServerSessionStore own && cookie.SigningIn is { } attributes)
        {
            cookie.SigningIn = null;
            await MoveAsync(context, own, cookie, attributes);
            if (cookie.IsWithdrawn)
            {
                SetCookieHeaders.Withdraw(http, options);
            }
        }
        else if (options.SessionStore is { } store && cookie.SignedIn is { } session && SessionCookieReader.ReadWrittenKey(http, options) is { } written)
        {
            await ReplaceAsync(context, store, cookie, written, session);
        }
    }

    // Our own store: the previous key opens the previous session until this sign-in has succeeded.
    private static async Task MoveAsync(CookieSignedInContext context, IServerSessionStore store, PendingCookie cookie, CookieOptions attributes)
    {
        var http = context.HttpContext;
        if (cookie.ReusedKey is not { } reused)
        {
            cookie.FreshKey = cookie.IsBegun ? null : cookie.StoredKey;
            await RemoveWithdrawnAsync(http, store, cookie);
            return;
        }

        // The key of an earlier sign-in of this request is not that of a previous session.
        var earlier = cookie.FreshKey;
        var ticket = TicketOf(context);
        if (earlier is null && !cookie.IsWithdrawn && await store.IsOverAsync(reused, ticket, http))
        {
            cookie.IsWithdrawn = true;
        }

        if (cookie.IsWithdrawn)
        {
            return;
        }

        var key = await store.StoreAsync(ticket, http, CancellationToken.None);
        if (earlier is not null && earlier != key)
        {
            await store.RemoveAsync(earlier, http, CancellationToken.None);
        }
        else if (earlier is null && reused != key)
        {
            (cookie.ReplacedKeys ??= []).Add(reused);
        }

        cookie.FreshKey = cookie.IsBegun ? null : key;
        Append(context, cookie, key, attributes);
    }

    // Another store: the cookie handler has stored the new user's session under the previous key.
    private static async Task ReplaceAsync(CookieSignedInContext context, ITicketStore store, PendingCookie cookie, string written, IssuedSession session)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (cookie.FreshKey is { } earlier && earlier != written)
        {
            await store.RemoveAsync(earlier, http, CancellationToken.None);
        }

        cookie.FreshKey = written;
        await RemoveWithdrawnAsync(http, store, cookie);
        if (!cookie.IsWithdrawn && (SessionCookieReader.ReadKey(http, options) == written || cookie.RemovedKeys.Contains(written)))
        {
            await store.RemoveAsync(written, http, CancellationToken.None);
            cookie.FreshKey = await store.StoreAsync(TicketOf(context), http, CancellationToken.None);
            Append(context, cookie, cookie.FreshKey, CookieAttributes.Restore(http, options, session.Properties, session.Issued.Options.Clock.GetUtcNow()));
        }
    }

    private static Task RemoveWithdrawnAsync(HttpContext http, ITicketStore store, PendingCookie cookie)
        => cookie is { IsWithdrawn: true, FreshKey: { } key } ? store.RemoveAsync(key, http, CancellationToken.None) : Task.CompletedTask;

    private static AuthenticationTicket TicketOf(CookieSignedInContext context) => new(context.Principal!, context.Properties, context.Scheme.Name);

    private static void Append(CookieSignedInContext context, PendingCookie cookie, string key, CookieOptions attributes)
    {
        var (http, options) = (context.HttpContext, context.Options);
        SetCookieHeaders.Withdraw(http, options);
        options.CookieManager.AppendResponseCookie(
            http, options.Cookie.Name!, SessionCookieReader.Protect(http, options, SessionCookieReader.TicketOf(key, cookie.Scheme, options)), attributes);
    }
}
