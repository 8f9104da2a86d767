using AspNet.Security.OAuth.Binance.Cookies;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Reads a cookie as the browser sent it, even if its session has ended.
/// </summary>
internal static class IdentityCookie
{
    public static CookieAuthenticationOptions OptionsOf(HttpContext http, string scheme)
        => http.RequestServices.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(scheme);

    /// <summary>Reads the ticket. A failing session store does not prevent a sign-in or sign-out.</summary>
    public static async Task<AuthenticationTicket?> ReadAsync(HttpContext http, CookieAuthenticationOptions options)
    {
        try
        {
            return await SessionCookieReader.ReadSessionAsync(http, options);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
