using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Gives a session that is kept on the server a new key when somebody signs in over it. The cookie handler goes on with the key that
/// the browser brought, and whoever planted that key there would be in the new user's session (session fixation).
/// </summary>
internal sealed class FreshSessionKey(IssuedTickets tickets)
{
    /// <summary>Before the sign-in: remembers the key that the browser brought, and what the cookie will be like.</summary>
    public void SigningIn(CookieSigningInContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (options.SessionStore is not null
            && tickets.Find(context.Properties) is not null
            && SessionCookie.SessionKey(http, options) is { } key)
        {
            CookieRequest.Of(http).Replaced[context.Scheme.Name] = (key, context.CookieOptions);
        }
    }

    /// <summary>After the sign-in: stores the session under a new key, and forgets the old one.</summary>
    public static async Task SignedInAsync(CookieSignedInContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (options.SessionStore is not { } store
            || CookieRequest.Find(http)?.Replaced.Remove(context.Scheme.Name, out var replaced) is not true
            || await store.RetrieveAsync(replaced.Key, http, http.RequestAborted) is null)
        {
            return;
        }

        // Looked up only now: the cookie handler goes on with a key that a sign-out or a sign-in of this very request took out of the
        // store, and puts it in again. The old key first: it opens the new user's session.
        await store.RemoveAsync(replaced.Key, http, CancellationToken.None);
        var ticket = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);
        SessionCookie.WriteKey(http, options, context.Scheme.Name, await store.StoreAsync(ticket, http, http.RequestAborted), replaced.Cookie);
    }
}
