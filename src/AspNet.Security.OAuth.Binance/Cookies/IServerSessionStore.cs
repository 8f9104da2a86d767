using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The store of sessions on the server that <c>AddBinanceServerSessions</c> installs. Unlike other stores it does not overwrite the key that
/// the cookie handler renews at a sign-in, so that each sign-in gets a key of its own; and a removed key is never valid again, so that its cookie
/// does not have to be deleted.
/// </summary>
internal interface IServerSessionStore : ITicketStore
{
    /// <summary>
    /// Returns a value indicating whether the session that a request was signed in with has ended during the request, and a sign-in of the request
    /// would continue it.
    /// </summary>
    /// <param name="key">The session's key.</param>
    /// <param name="next">The ticket that is signed in.</param>
    /// <param name="context">The request.</param>
    Task<bool> IsOverAsync(string key, AuthenticationTicket next, HttpContext context);

    /// <summary>Gets the sessions by their ids instead of their keys.</summary>
    ITicketStore ById { get; }

    /// <summary>Returns the id of a key's session.</summary>
    string IdOf(string key);

    /// <summary>Removes a session whose key was not sent to a browser. Another delivery of its callback may begin it again.</summary>
    Task WithdrawAsync(string key);

    /// <summary>Throws at the sign-out of a session that cannot be read.</summary>
    /// <exception cref="BinanceAuthenticationException">The sessions of this request are unavailable.</exception>
    void ThrowIfUnavailable(HttpContext context);
}
