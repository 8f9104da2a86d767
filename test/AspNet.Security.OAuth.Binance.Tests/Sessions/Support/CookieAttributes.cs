
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

/// <summary>
/// The attributes that an application gives the session's cookie in <c>OnSigningIn</c>, and a site below /shop, which is the path that the
/// cookie handler would choose.
/// </summary>
internal static class CookieAttributes
{
    public const string Host = "www.shop.example";

    private static readonly TimeSpan _kept = TimeSpan.FromHours(9);

    private static readonly Dictionary<string, Action<CookieOptions, TimeProvider>> _attributes = new()
    {
        ["Domain"] = (cookie, _) => cookie.Domain = "shop.example",
        ["Path"] = (cookie, _) => cookie.Path = "/",
        ["SameSite=Strict"] = (cookie, _) => cookie.SameSite = SameSiteMode.Strict,
        ["SameSite=None"] = (cookie, _) => cookie.SameSite = SameSiteMode.None,
        ["Expires"] = (cookie, time) => cookie.Expires = time.GetUtcNow() + _kept,
        ["Max-Age"] = (cookie, _) => cookie.MaxAge = _kept,
        ["Partitioned"] = (cookie, _) => cookie.Extensions.Add("Partitioned"),
        ["HttpOnly"] = (cookie, _) => cookie.HttpOnly = false,
        ["all"] = (cookie, time) =>
        {
            (cookie.Domain, cookie.Path, cookie.SameSite, cookie.Expires) = ("shop.example", "/", SameSiteMode.None, time.GetUtcNow() + _kept);
            cookie.Extensions.Add("Partitioned");
        },
    };

    public static IReadOnlyList<string> Names => [.. _attributes.Keys];

    public static async Task<TestSite> StartAsync(
        string attribute, SessionStorage sessions, Action<CookieAuthenticationOptions>? configure = null)
    {
        var site = await TestSite.StartAsync(setup => Configure(setup, attribute, sessions, configure));
        site.AllowCallbacks($"https://{Host}/shop");
        return site;
    }

    public static void Configure(
        SiteSetup setup, string attribute, SessionStorage sessions, Action<CookieAuthenticationOptions>? configure = null)
    {
        setup.UseBefore(app => app.UsePathBase("/shop"));
        setup.Cookie = cookie =>
        {
            configure?.Invoke(cookie);
            cookie.Events.OnSigningIn = context =>
            {
                _attributes[attribute](context.CookieOptions, context.Options.TimeProvider!);
                return Task.CompletedTask;
            };
        };
        sessions.Configure(setup);
    }

    /// <summary>Signs in with a new browser, below /shop.</summary>
    public static async Task<SiteBrowser> SignInAsync(TestSite site)
    {
        var browser = site.BrowserWithTls(Host);
        await browser.SignInAsync(login: "/shop/login");
        return browser;
    }

    public static void AssertHas(string attribute, JarCookie cookie, TimeProvider time) => Assert.True(attribute switch
    {
        "Domain" => cookie is { Domain: "shop.example", IsHostOnly: false },
        "Path" => cookie.Path == "/",
        "SameSite=Strict" => cookie.SameSite is Microsoft.Net.Http.Headers.SameSiteMode.Strict,
        "SameSite=None" => cookie.SameSite is Microsoft.Net.Http.Headers.SameSiteMode.None,
        "Expires" or "Max-Age" => cookie.Ends == time.GetUtcNow() + _kept,
        "Partitioned" => cookie.IsPartitioned,
        "HttpOnly" => !cookie.IsHttpOnly,
        _ => cookie is { Domain: "shop.example", IsPartitioned: true, Path: "/" },
    });
}
