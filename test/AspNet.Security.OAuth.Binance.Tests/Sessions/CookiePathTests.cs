using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The cookie handler writes a cookie for the path base of the request: a site that has several would give one session several cookies.
/// </summary>
public sealed class CookiePathTests
{
    private static readonly Dictionary<string, Action<IApplicationBuilder, LifetimeSetup>> _pipelines = new()
    {
        ["branch"] = (app, setup) => app.Map("/admin", Branch(setup)),
        ["branch inside of authentication"] = (app, setup) =>
        {
            app.UseAuthentication();
            app.Map("/admin", Branch(setup));
        },
        ["path base"] = (app, _) => app.UsePathBase("/admin"),
        ["path base inside of authentication"] = (app, _) =>
        {
            app.UseAuthentication();
            app.UsePathBase("/admin");
        },
        ["branch below a path base"] = (app, setup) =>
        {
            app.UsePathBase("/site");
            app.Map("/admin", Branch(setup));
        },
    };

    /// <summary>How the site is built; below which path the user signs in, the tokens are refreshed, the user signs out; the cookie's path; a store.</summary>
    public static TheoryData<string, string, string, string, string, bool> Journeys
    {
        get
        {
            var journeys = new TheoryData<string, string, string, string, string, bool>();
            foreach (var withStore in new[] { false, true })
            {
                journeys.Add("branch", "", "/admin", "", "/", withStore);
                journeys.Add("branch", "", "/admin", "/admin", "/", withStore);
                journeys.Add("branch", "", "", "/admin", "/", withStore);
                journeys.Add("branch", "/admin", "/admin", "/admin", "/admin", withStore);
                journeys.Add("branch inside of authentication", "", "/admin", "/admin", "/", withStore);
                journeys.Add("branch inside of authentication", "/admin", "/admin", "/admin", "/admin", withStore);
                journeys.Add("path base", "", "/admin", "", "/", withStore);
                journeys.Add("path base", "", "/admin", "/admin", "/", withStore);
                journeys.Add("path base", "/admin", "/admin", "/admin", "/admin", withStore);
                journeys.Add("path base inside of authentication", "", "/admin", "/admin", "/", withStore);
                journeys.Add("path base inside of authentication", "/admin", "/admin", "/admin", "/admin", withStore);
                journeys.Add("branch below a path base", "/site", "/site/admin", "/site", "/site", withStore);
                journeys.Add("branch below a path base", "/site", "/site/admin", "/site/admin", "/site", withStore);
                journeys.Add("branch below a path base", "", "/site/admin", "/site", "/", withStore);
            }

            return journeys;
        }
    }

    [Theory]
    [MemberData(nameof(Journeys))]
    public async Task A_session_has_one_cookie_with_the_path_of_its_sign_in(
        string pipeline, string signIn, string refresh, string signOut, string path, bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync(pipeline, store);
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync(signIn);
        Assert.Equal(path, browser.SessionCookie.Path);
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var refreshed = await browser.SessionAsync(refresh);

        Assert.True(refreshed.SignedIn);
        Assert.Equal(path, browser.SessionCookie.Path);
        Assert.True(site.Emulator.Tokens.IsLive(refreshed.AccessToken!));
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync(signOut)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync(signOut + "/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync(refresh)).SignedIn);
        Assert.Single(site.Revocations);
        Assert.Equal(0, store?.Keys.Count ?? 0);
    }

    [Theory]
    [MemberData(nameof(Journeys))]
    public async Task A_session_that_slides_below_another_path_has_one_cookie_with_the_path_of_its_sign_in(
        string pipeline, string signIn, string slide, string signOut, string path, bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync(pipeline, store, TimeSpan.FromMinutes(80));
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync(signIn);
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync(slide + "/page");

        Assert.Equal(path, browser.SessionCookie.Path);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.SessionAsync(signOut)).Expires);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_refresh_below_another_path_leaves_no_cookie(bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync("branch", store);
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.False((await browser.SessionAsync("/admin")).SignedIn);

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(0, store?.Keys.Count ?? 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_paths_at_once_refresh_once_and_leave_one_cookie(bool withStore)
    {
        var store = withStore ? new CookieTicketStore() : null;
        await using var site = await StartAsync("branch", store);
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        var (root, admin) = (browser.SendAsync("/session"), browser.SendAsync("/admin/session"));
        browser.Receive("/session", await root);
        browser.Receive("/admin/session", await admin);

        Assert.Equal("/", browser.SessionCookie.Path);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync("/admin")).AccessToken!));
    }

    [Fact]
    public async Task Another_process_that_refreshes_below_another_path_writes_the_same_cookie()
    {
        await using var site = await StartAsync("branch", store: null);
        await using var neighbour = await site.StartNeighbourAsync(setup => setup.UseBefore(app => _pipelines["branch"](app, setup)));
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        var elsewhere = browser.At(neighbour);

        var refreshed = await elsewhere.SessionAsync("/admin");

        Assert.True(refreshed.SignedIn);
        Assert.Equal("/", browser.SessionCookie.Path);
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync()).AccessToken);
        await elsewhere.GetAsync("/admin/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Revocations);
    }

    private static Action<IApplicationBuilder> Branch(LifetimeSetup setup) => admin =>
    {
        admin.UseAuthentication();
        admin.RunPages(setup);
    };

    private static async Task<LifetimeSite> StartAsync(string pipeline, CookieTicketStore? store, TimeSpan? slides = null)
    {
        var site = await LifetimeSite.StartAsync(setup =>
        {
            setup.UseBefore(app => _pipelines[pipeline](app, setup));
            setup.Cookie = cookie => (cookie.SessionStore, cookie.ExpireTimeSpan) = (store, slides ?? cookie.ExpireTimeSpan);
        });
        CookieJarBrowser.AllowCallbacks(site, "https://localhost/admin", "https://localhost/site");
        return site;
    }
}
