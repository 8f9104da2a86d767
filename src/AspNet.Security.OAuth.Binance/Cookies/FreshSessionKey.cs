using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

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
            http.Items[new Kept(context.Scheme.Name)] = (key, context.CookieOptions);
        }
    }

    /// <summary>After the sign-in: stores the session under a new key, and forgets the old one.</summary>
    public static async Task SignedInAsync(CookieSignedInContext context)
    {
        var (http, options) = (context.HttpContext, context.Options);
        if (options.SessionStore is not { } store
            || !http.Items.Remove(new Kept(context.Scheme.Name), out var kept)
            || kept is not (string oldKey, CookieOptions cookie)
            || await store.RetrieveAsync(oldKey, http, http.RequestAborted) is null)
        {
            return;
        }

        // Asked for only now: the handler goes on with a key that a sign-out or a sign-in of this very request took out of the store,
        // and puts it in again. The old one first: it opens the new user's session.
        await store.RemoveAsync(oldKey, http, CancellationToken.None);
        var ticket = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);
        SessionCookie.WriteKey(http, options, context.Scheme.Name, await store.StoreAsync(ticket, http, http.RequestAborted), cookie);
    }

    private sealed record Kept(string Scheme);
}
