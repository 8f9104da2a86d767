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

    /// <summary>How the site is built; below which path the user signs in, the tokens are refreshed, the user signs out; the cookie's path.</summary>
    public static TheoryData<string, string, string, string, string, SessionPlace> Journeys
    {
        get
        {
            var journeys = new TheoryData<string, string, string, string, string, SessionPlace>();
            foreach (var place in Enum.GetValues<SessionPlace>())
            {
                journeys.Add("branch", "", "/admin", "", "/", place);
                journeys.Add("branch", "", "/admin", "/admin", "/", place);
                journeys.Add("branch", "", "", "/admin", "/", place);
                journeys.Add("branch", "/admin", "/admin", "/admin", "/admin", place);
                journeys.Add("branch inside of authentication", "", "/admin", "/admin", "/", place);
                journeys.Add("branch inside of authentication", "/admin", "/admin", "/admin", "/admin", place);
                journeys.Add("path base", "", "/admin", "", "/", place);
                journeys.Add("path base", "", "/admin", "/admin", "/", place);
                journeys.Add("path base", "/admin", "/admin", "/admin", "/admin", place);
                journeys.Add("path base inside of authentication", "", "/admin", "/admin", "/", place);
                journeys.Add("path base inside of authentication", "/admin", "/admin", "/admin", "/admin", place);
                journeys.Add("branch below a path base", "/site", "/site/admin", "/site", "/site", place);
                journeys.Add("branch below a path base", "/site", "/site/admin", "/site/admin", "/site", place);
                journeys.Add("branch below a path base", "", "/site/admin", "/site", "/", place);
            }

            return journeys;
        }
    }

    [Theory]
    [MemberData(nameof(Journeys))]
    public async Task A_session_has_one_cookie_with_the_path_of_its_sign_in(
        string pipeline, string signIn, string refresh, string signOut, string path, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(pipeline, sessions);
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
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(Journeys))]
    public async Task A_session_that_slides_below_another_path_has_one_cookie_with_the_path_of_its_sign_in(
        string pipeline, string signIn, string slide, string signOut, string path, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync(pipeline, sessions, TimeSpan.FromMinutes(80));
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync(signIn);
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync(slide + "/page");

        Assert.Equal(path, browser.SessionCookie.Path);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.SessionAsync(signOut)).Expires);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refused_refresh_below_another_path_leaves_no_cookie_or_one_that_opens_nothing(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.False((await browser.SessionAsync("/admin")).SignedIn);

        Assert.Equal(sessions.IsOnServer, browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Two_paths_at_once_refresh_once_and_leave_one_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
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

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Another_process_that_refreshes_below_another_path_leaves_one_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
        await using var neighbour = await site.StartNeighbourAsync(setup => Configure(setup, "branch", sessions));
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

    private static async Task<LifetimeSite> StartAsync(string pipeline, SessionStorage sessions, TimeSpan? slides = null)
    {
        var site = await LifetimeSite.StartAsync(setup => Configure(setup, pipeline, sessions, slides));
        CookieJarBrowser.AllowCallbacks(site, "https://localhost/admin", "https://localhost/site");
        return site;
    }

    private static void Configure(LifetimeSetup setup, string pipeline, SessionStorage sessions, TimeSpan? slides = null)
    {
        setup.UseBefore(app => _pipelines[pipeline](app, setup));
        setup.Cookie = cookie => cookie.ExpireTimeSpan = slides ?? cookie.ExpireTimeSpan;
        sessions.Configure(setup);
    }
}
