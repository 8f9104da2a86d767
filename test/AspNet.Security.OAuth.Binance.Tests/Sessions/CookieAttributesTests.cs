using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// An application that gives the cookie attributes of its own in <c>OnSigningIn</c>: whatever writes the cookie later repeats them, and
/// what deletes it names the cookie that the browser has.
/// </summary>
public sealed class CookieAttributesTests
{
    private static readonly TimeSpan _kept = TimeSpan.FromHours(9);

    private static readonly Dictionary<string, Action<CookieSigningInContext, LifetimeSite>> _attributes = new()
    {
        ["Domain"] = (context, _) => context.CookieOptions.Domain = "shop.example",
        ["Path"] = (context, _) => context.CookieOptions.Path = "/",
        ["SameSite=Strict"] = (context, _) => context.CookieOptions.SameSite = SameSiteMode.Strict,
        ["SameSite=None"] = (context, _) => context.CookieOptions.SameSite = SameSiteMode.None,
        ["Expires"] = (context, site) => context.CookieOptions.Expires = site.Clock.GetUtcNow() + _kept,
        ["Max-Age"] = (context, _) => context.CookieOptions.MaxAge = _kept,
        ["Partitioned"] = (context, _) => context.CookieOptions.Extensions.Add("Partitioned"),
        ["HttpOnly"] = (context, _) => context.CookieOptions.HttpOnly = false,
        ["all"] = (context, site) =>
        {
            var cookie = context.CookieOptions;
            (cookie.Domain, cookie.Path, cookie.SameSite, cookie.Expires) = ("shop.example", "/", SameSiteMode.None, site.Clock.GetUtcNow() + _kept);
            cookie.Extensions.Add("Partitioned");
        },
    };

    public static TheoryData<string> Attributes => [.. _attributes.Keys];

    public static MatrixTheoryData<string, bool> AttributesAndStores => new([.. _attributes.Keys], [false, true]);

    // Whoever begins the session's time anew begins its maximum age anew, too.
    public static MatrixTheoryData<string, bool> AttributesOfARenewedCookie => new([.. _attributes.Keys.Where(key => key != "Max-Age")], [false, true]);

    [Theory]
    [MemberData(nameof(AttributesAndStores))]
    public async Task The_cookie_keeps_its_attributes_through_refreshes_and_is_gone_after_the_sign_out(string attribute, bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync(attribute, cookie => cookie.SessionStore = store);
        var browser = new CookieJarBrowser(site, "www.shop.example");
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        AssertHas(attribute, before, site);

        for (var refresh = 1; refresh <= 2; refresh++)
        {
            site.Clock.Pass(LifetimeSite.TokenLifetime);
            Assert.True((await browser.SessionAsync("/shop")).SignedIn);
            Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
            Assert.Equal(withStore, before.Value == browser.SessionCookie.Value);
            Assert.Equal(refresh, site.RefreshCalls);
        }

        await browser.GetAsync("/shop/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync("/shop")).SignedIn);
        Assert.Single(site.Revocations);
    }

    [Theory]
    [MemberData(nameof(AttributesOfARenewedCookie))]
    public async Task The_cookie_keeps_its_attributes_when_it_slides_without_a_refresh(string attribute, bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync(attribute, cookie => (cookie.SessionStore, cookie.ExpireTimeSpan) = (store, TimeSpan.FromMinutes(80)));
        var browser = new CookieJarBrowser(site, "www.shop.example");
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync("/shop/page");

        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.Copy().SessionAsync("/shop")).Expires);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(AttributesOfARenewedCookie))]
    public async Task The_cookie_keeps_its_attributes_when_the_application_renews_it(string attribute, bool withStore)
    {
        var (store, renews) = (withStore ? new CookieTicketStore() : null, false);
        await using var site = await StartAsync(attribute, cookie =>
        {
            cookie.SessionStore = store;
            cookie.Events.OnValidatePrincipal = context =>
            {
                context.ShouldRenew = renews;
                return Task.CompletedTask;
            };
        });
        var browser = new CookieJarBrowser(site, "www.shop.example");
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        site.Clock.Pass(TimeSpan.FromMinutes(10));
        renews = true;

        await browser.GetAsync("/shop/page");
        renews = false;

        Assert.Equal(site.Clock.GetUtcNow(), (await browser.SessionAsync("/shop")).Issued);
        Assert.Equal(before.Attributes, browser.SessionCookie.Attributes);
    }

    [Theory]
    [MemberData(nameof(AttributesAndStores))]
    public async Task The_cookie_of_a_session_that_the_server_refuses_is_gone(string attribute, bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync(attribute, cookie => cookie.SessionStore = store);
        var browser = new CookieJarBrowser(site, "www.shop.example");
        await browser.SignInAsync("/shop");
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.False((await browser.SessionAsync("/shop")).SignedIn);

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(0, store?.Keys.Count ?? 0);
    }

    [Theory]
    [MemberData(nameof(Attributes))]
    public async Task All_parts_of_a_long_cookie_keep_their_attributes_and_are_gone_after_the_sign_out(string attribute)
    {
        await using var site = await StartAsync(attribute, cookie => cookie.CookieManager = new ChunkingCookieManager { ChunkSize = 600 });
        var browser = new CookieJarBrowser(site, "www.shop.example");
        await browser.SignInAsync("/shop");
        var before = browser.SessionCookie;
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.True((await browser.SessionAsync("/shop")).SignedIn);
        Assert.True((await browser.SessionAsync("/shop")).SignedIn);

        var parts = browser.Jar.Names.Where(name => name.StartsWith(SiteAnswer.CookieName, StringComparison.Ordinal)).ToArray();
        Assert.True(parts.Length > 2);
        Assert.Equal(parts.Distinct(), parts);
        Assert.All(parts, part => Assert.Equal(before.Attributes, Assert.Single(browser.Jar.Named(part)).Attributes));
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync("/shop/sign-out");
        Assert.False(browser.HasSessionCookie);
    }

    // The site is below /shop, which is the path that the cookie handler would choose.
    private static async Task<LifetimeSite> StartAsync(string attribute, Action<CookieAuthenticationOptions> configure)
    {
        LifetimeSite? site = null;
        site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseBefore(app => app.UsePathBase("/shop"));
            setup.Cookie = cookie =>
            {
                configure(cookie);
                cookie.Events.OnSigningIn = context =>
                {
                    _attributes[attribute](context, site!);
                    return Task.CompletedTask;
                };
            };
        });
        CookieJarBrowser.AllowCallbacks(site, "https://www.shop.example/shop");
        return site;
    }

    private static void AssertHas(string attribute, JarCookie cookie, LifetimeSite site) => Assert.True(attribute switch
    {
        "Domain" => cookie is { Domain: "shop.example", IsHostOnly: false },
        "Path" => cookie.Path == "/",
        "SameSite=Strict" => cookie.SameSite is Microsoft.Net.Http.Headers.SameSiteMode.Strict,
        "SameSite=None" => cookie.SameSite is Microsoft.Net.Http.Headers.SameSiteMode.None,
        "Expires" or "Max-Age" => cookie.Ends == site.Clock.GetUtcNow() + _kept,
        "Partitioned" => cookie.IsPartitioned,
        "HttpOnly" => !cookie.IsHttpOnly,
        _ => cookie is { Domain: "shop.example", IsPartitioned: true, Path: "/" },
    });
}
