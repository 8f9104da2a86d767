using System.Security.Cryptography;
using System.Text;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using AspNet.Security.OAuth.Binance.Emulator.Stores;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// Asks for <see cref="BinanceEmulatorOptions.ControlKey"/> while other machines are let in: programs send it in a header, and a person opens
/// the status page with it once and has a cookie from then on.
/// </summary>
internal sealed class ControlKeyGuard(BinanceEmulatorOptions options)
{
    public const string Header = "X-Binance-Emulator-Key";
    public const string Cookie = "binance-emulator-key";
    public const string Parameter = "key";

    // RFC 9110 section 15.5.2: a 401 has a challenge. No browser knows the scheme, and so none shows a dialog.
    public const string Challenge = "BinanceEmulatorKey";

    /// <summary>Whether a request has the key, or none is needed.</summary>
    public bool Admits(HttpRequest request) => !options.Hosts.OpensTheEmulator
        || (request.Headers[Header] is [{ } key] && Secret.AreEqual(key, options.ControlKey))
        || (CookieHeaderValue.TryParseList(request.Headers.Cookie, out var cookies)
            && cookies.Any(cookie => cookie.Name == CookieName() && Secret.AreEqual(cookie.Value.ToString(), CookieValue())));

    /// <summary>Admits a person to the status page. The key in the query is exchanged for a cookie, because an address stays in the browser's history.</summary>
    /// <returns>The response to a request that has no key, or has it in the query; <see langword="null"/> when the page may be shown.</returns>
    public EmulatorResponse? Enter(HttpContext context, EmulatorCall call)
    {
        if (options.Hosts.OpensTheEmulator
            && (call.Is("GET") || call.Is("HEAD"))
            && call.Query.Values(Parameter) is [var key]
            && Secret.AreEqual(key, options.ControlKey))
        {
            // Essential: the consent feature of an application's cookie policy must not drop it.
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

    // The first value is of the proxy that the browser talks to.
    private static bool IsHttpsBeforeProxies(HttpRequest request)
        => request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().Equals("https", StringComparison.OrdinalIgnoreCase);

    // RFC 6265 section 4.1.1: a path has no semicolon. The cookie is for what precedes it.
    private static string CookiePath(string prefix)
    {
        var path = $"{prefix}/";
        var semicolon = path.IndexOf(';', StringComparison.Ordinal);
        return semicolon < 0 ? path : path[..(path.LastIndexOf('/', semicolon) + 1)];
    }

    // Two emulators on two ports of a host get each other's cookies, and each needs its own.
    private string CookieName() => $"{Cookie}-{CookieValue()[..8]}";

    // Not the key itself, which the header takes: browsers send cookies to every port of a host.
    private string CookieValue() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Cookie}:{options.ControlKey}")));
}
