using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Keeps the tokens of users outside of the cookie that they are signed in with, for ASP.NET Core Identity: an external login
/// signs in to a temporary cookie, and the application signs its own user in to another one.
/// </summary>
internal interface IUserTokens
{
    /// <summary>Handles the cookie of a request. Hot path: runs for every request.</summary>
    void Presented(CookieValidatePrincipalContext context);

    /// <summary>Handles the sign-in to a cookie, which may complete an external login.</summary>
    Task SigningInAsync(CookieSigningInContext context);

    /// <summary>Handles the sign-out of a cookie, which ends the sign-ins of its session, or an external login.</summary>
    Task SigningOutAsync(CookieSigningOutContext context);

    /// <summary>
    /// Runs when the response starts: keeps the tokens of the external logins that have become sign-ins, and adds their ids to <see cref="PendingEnds.KeptLoginIds"/>. A
    /// failure is logged.
    /// </summary>
    Task KeepAsync(HttpContext context);

    /// <summary>Returns a value indicating whether the tokens of the external login that the request signed out of may have been kept by another request.</summary>
    Task<bool> MayBeKeptAsync(HttpContext context);

    /// <summary>Ends the sign-ins of sessions. A failure is logged.</summary>
    /// <param name="tickets">The tickets of the sessions.</param>
    /// <returns>The sessions whose tokens are to be revoked. They are not stored any more.</returns>
    Task<IReadOnlyList<IssuedSession>> EndAsync(IReadOnlyCollection<AuthenticationTicket> tickets);
}
