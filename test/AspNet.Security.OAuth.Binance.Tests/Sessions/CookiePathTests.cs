using AspNet.Security.OAuth.Binance.Tests.Login.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// The cookie handler writes a cookie for the path base of the request: on a site with several, one session would get several cookies.
/// </summary>
public sealed class CookiePathTests
{
    private static readonly Dictionary<string, Action<IApplicationBuilder, SiteSetup>> _pipelines = new()
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
        var browser = site.BrowserWithTls();
        await browser.SignInAsync(login: signIn + "/login");
        Assert.Equal(path, browser.SessionCookie.Path);
        site.Clock.Pass(TestSite.TokenLifetime);

        var refreshed = await browser.SessionAsync(below: refresh);

        Assert.True(refreshed.SignedIn);
        Assert.Equal(path, browser.SessionCookie.Path);
        Assert.True(site.Emulator.Tokens.IsLive(refreshed.AccessToken!));
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync(below: signOut)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);

        await browser.GetAsync(signOut + "/sign-out");

        Assert.False(browser.HasSessionCookie);
        Assert.False((await browser.SessionAsync(below: refresh)).SignedIn);
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
        var browser = site.BrowserWithTls();
        await browser.SignInAsync(login: signIn + "/login");
        site.Clock.Pass(TimeSpan.FromMinutes(50));

        await browser.GetAsync(slide + "/page");

        Assert.Equal(path, browser.SessionCookie.Path);
        Assert.Equal(site.Clock.GetUtcNow() + TimeSpan.FromMinutes(80), (await browser.SessionAsync(below: signOut)).Expires);
        Assert.Equal(0, site.RefreshCalls);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_refused_refresh_below_another_path_deletes_the_cookie_or_its_stored_session(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
        var browser = await site.SignedInWithTlsAsync();
        site.Emulator.Tokens.RevokeAll();
        site.Clock.Pass(TestSite.TokenLifetime);

        Assert.False((await browser.SessionAsync(below: "/admin")).SignedIn);

        Assert.Equal(sessions.IsOnServer, browser.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Concurrent_requests_below_two_paths_refresh_once_and_leave_one_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TestSite.TokenLifetime);

        var (root, admin) = (browser.SendAsync("/session"), browser.SendAsync("/admin/session"));
        browser.Receive(await root);
        browser.Receive(await admin);

        Assert.Equal("/", browser.SessionCookie.Path);
        Assert.Equal(1, site.RefreshCalls);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync(below: "/admin")).AccessToken!));
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Another_process_that_refreshes_below_another_path_leaves_one_cookie(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await StartAsync("branch", sessions);
        await using var neighbour = await site.StartNeighbourAsync(setup => Configure(setup, "branch", sessions));
        var browser = await site.SignedInWithTlsAsync();
        site.Clock.Pass(TestSite.TokenLifetime);
        var elsewhere = browser.At(neighbour);

        var refreshed = await elsewhere.SessionAsync(below: "/admin");

        Assert.True(refreshed.SignedIn);
        Assert.Equal("/", browser.SessionCookie.Path);
        Assert.Equal(refreshed.AccessToken, (await browser.SessionAsync()).AccessToken);
        await elsewhere.GetAsync("/admin/sign-out");
        Assert.False(browser.HasSessionCookie);
        Assert.Single(site.Revocations);
    }

    private static Action<IApplicationBuilder> Branch(SiteSetup setup) => admin =>
    {
        admin.UseAuthentication();
        admin.RunPages(setup);
    };

    private static async Task<TestSite> StartAsync(string pipeline, SessionStorage sessions, TimeSpan? slides = null)
    {
        var site = await TestSite.StartAsync(setup => Configure(setup, pipeline, sessions, slides));
        site.AllowCallbacks("https://localhost/admin", "https://localhost/site");
        return site;
    }

    private static void Configure(SiteSetup setup, string pipeline, SessionStorage sessions, TimeSpan? slides = null)
    {
        setup.UseBefore(app => _pipelines[pipeline](app, setup));
        setup.Cookie = cookie => cookie.ExpireTimeSpan = slides ?? cookie.ExpireTimeSpan;
        sessions.Configure(setup);
    }
}
