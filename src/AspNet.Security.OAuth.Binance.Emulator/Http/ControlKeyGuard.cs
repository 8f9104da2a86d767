using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Requires <see cref="BinanceEmulatorOptions.ControlKey"/> while other machines are allowed: programs send it in a header, and a browser opens
/// the status page with it once and gets a cookie.
/// </summary>
internal sealed class ControlKeyGuard(BinanceEmulatorOptions options)
{
    public const string Header = "X-Binance-Emulator-Key";
    public const string Cookie = "binance-emulator-key";
    public const string Parameter = "key";

    // RFC 9110 section 15.5.2: a 401 has a challenge. Browsers do not know the scheme, so that they show no password dialog.
    public const string Challenge = "BinanceEmulatorKey";

    /// <summary>Returns whether a request has the key, or the key is not required.</summary>
    public bool Admits(HttpRequest request) => !options.AllowsOtherMachines
        || (request.Headers[Header] is [{ } key] && Secret.AreEqual(key, options.ControlKey))
        || (CookieHeaderValue.TryParseList(request.Headers.Cookie, out var cookies)
            && cookies.Any(cookie => cookie.Name == CookieName() && Secret.AreEqual(cookie.Value.ToString(), CookieValue())));

    /// <summary>Checks a request for the status page. The key in the query is exchanged for a cookie, because the address stays in the browser's history.</summary>
    /// <returns>The response to a request without the key, or with the key in the query; <see langword="null"/> when the page may be shown.</returns>
    public EmulatorResponse? Enter(HttpContext context, EmulatorCall call)
    {
        if (options.AllowsOtherMachines
            && (call.Is("GET") || call.Is("HEAD"))
            && call.Query.Values(Parameter) is [var key]
            && Secret.AreEqual(key, options.ControlKey))
        {
            // IsEssential: otherwise the cookie policy of the application removes it until the user consents to cookies.
            context.Response.Cookies.Append(CookieName(), CookieValue(), new CookieOptions
            {
                HttpOnly = true,
                SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict,
                Secure = context.Request.IsHttps || IsHttpsBeforeProxies(context.Request),
                Path = CookiePath(call.Prefix),
                IsEssential = true,
            });
            return EmulatorResponse.Redirect(303, call.Path);
        }

        return Admits(context.Request) ? null : KeyPage.Create(call).With("WWW-Authenticate", Challenge);
    }

    // The first value is that of the proxy that the browser is connected to.
    private static bool IsHttpsBeforeProxies(HttpRequest request)
        => request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    // RFC 6265 section 4.1.1: the attribute Path cannot contain a semicolon. The cookie gets the part of the path before it.
    private static string CookiePath(string prefix)
    {
        var path = $"{prefix}/";
        var semicolon = path.IndexOf(';', StringComparison.Ordinal);
        return semicolon < 0 ? path : path[..(path.LastIndexOf('/', semicolon) + 1)];
    }

    // Browsers send cookies to every port of a host, so that each emulator needs a name of its own.
    private string CookieName() => $"{Cookie}-{CookieValue()[..8]}";

    // Not the key itself, which is valid in the header: browsers send cookies to every port of a host.
    private string CookieValue() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Cookie}:{options.ControlKey}")));
}
