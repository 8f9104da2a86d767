using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Keeps the tokens of an application's users apart from the cookie that they are signed in with, as ASP.NET Core Identity has it: an external login
/// ends in a temporary cookie, and the application signs its own user in to another one.
/// </summary>
internal interface IUserTokens
{
    /// <summary>A cookie is presented. Hot path: runs for every request.</summary>
    void Presented(CookieValidatePrincipalContext context);

    /// <summary>A user is about to be signed in to a cookie, which may end an external login.</summary>
    Task SigningInAsync(CookieSigningInContext context);

    /// <summary>A cookie is about to be signed out of: that ends the sign-ins that its session brought, or an external login.</summary>
    Task SigningOutAsync(CookieSigningOutContext context);

    /// <summary>
    /// The response starts: keeps the tokens of the external logins that have become sign-ins. What is kept is in <see cref="PendingEnds.Kept"/> then. A
    /// failure is logged.
    /// </summary>
    Task KeepAsync(HttpContext context);

    /// <summary>Returns a value indicating whether the tokens of the external login that the request signed out of may have been kept by another one.</summary>
    Task<bool> MayBeKeptAsync(HttpContext context);

    /// <summary>Ends the sign-ins that sessions brought. A failure is logged.</summary>
    /// <param name="tickets">The tickets of the sessions.</param>
    /// <returns>The sessions whose tokens are to be revoked. Nobody else has them any more.</returns>
    Task<IReadOnlyList<IssuedSession>> EndAsync(IReadOnlyCollection<AuthenticationTicket> tickets);
}
