using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Takes the sliding of a cookie over from the cookie handler, for a request in which its session is refreshed or ends. The handler
/// decides before it validates and writes last: the old tokens over the new ones, or a renewed cookie after the one that deletes it.
/// </summary>
internal static class SlidingCookie
{
    /// <summary>Remembers who slides the cookie in this request: we, or the cookie handler.</summary>
    public static void Slides(CookieSlidingExpirationContext context, bool takeOver)
    {
        CookieRequest.Of(context.HttpContext).TakenOver[context.Scheme.Name] = takeOver;
        context.ShouldRenew &= !takeOver;
    }

    /// <returns>Whether we slide the cookie, or <see langword="null"/> if it does not slide in this request.</returns>
    public static bool? IsTakenOver(HttpContext context, string scheme)
        => CookieRequest.Find(context)?.TakenOver.TryGetValue(scheme, out var takenOver) is true ? takenOver : null;

    /// <summary>Does to a ticket's times what the cookie handler would have done.</summary>
    public static void Slide(AuthenticationProperties properties, DateTimeOffset now)
    {
        properties.ExpiresUtc = now + (properties.ExpiresUtc - properties.IssuedUtc);
        properties.IssuedUtc = now;
    }
}
