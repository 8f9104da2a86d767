using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The store of sessions on the server that <c>AddBinanceServerSessions</c> installs. Unlike another store it does not write the key that
/// the cookie handler renews at a sign-in, so that each sign-in gets a key of its own; and a removed key opens nothing, so that no cookie
/// has to be deleted for it.
/// </summary>
internal interface IServerSessionStore : ITicketStore
{
    /// <summary>
    /// Returns a value indicating whether the session that a request was signed in with has ended meanwhile, and a sign-in of the request
    /// would go on with it.
    /// </summary>
    /// <param name="key">The session's key.</param>
    /// <param name="next">The ticket that is signed in.</param>
    /// <param name="context">The request.</param>
    Task<bool> IsOverAsync(string key, AuthenticationTicket next, HttpContext context);

    /// <summary>Gets the sessions by their ids instead of their keys.</summary>
    ITicketStore ById { get; }

    /// <summary>Returns the id of a key's session.</summary>
    string IdOf(string key);

    /// <summary>Removes a session that nobody got the key of. Another delivery of its callback may begin it again.</summary>
    Task WithdrawAsync(string key);

    /// <summary>Refuses to sign out of a session that cannot be read.</summary>
    /// <exception cref="BinanceAuthenticationException">The sessions of this request are unavailable.</exception>
    void ThrowIfUnavailable(HttpContext context);
}
