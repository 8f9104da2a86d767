
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A request that began with valid tokens, and that writes the session after another request has refreshed them.
/// </summary>
public sealed class OlderTokensTests
{
    /// <summary>Whether the application renews the session, which otherwise slides, and where the session is.</summary>
    public static MatrixTheoryData<bool, SessionPlace> WaysAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    // A refresh of a stored session is written immediately, so that nothing is pending.
    public static TheoryData<Pending, SessionPlace> PendingAndPlaces => [
        .. new MatrixTheoryData<Pending, SessionPlace>(Enum.GetValues<Pending>(), Enum.GetValues<SessionPlace>())
            .Select(row => row.Data)
            .Where(data => data is not (Pending.Refresh, SessionPlace.TicketStore or SessionPlace.Server))];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public Task A_slow_request_does_not_overwrite_newer_tokens(bool renewedByApplication, SessionPlace place)
        => AssertNewerTokensAreKeptAsync(place, (setup, page) =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication);
            setup.Pages["/slow"] = page.ServeAsync;
        });

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public Task A_sign_in_with_the_ticket_that_the_page_has_read_keeps_the_newer_tokens(SessionPlace place)
        => AssertNewerTokensAreKeptAsync(place, (setup, page) => setup.Pages["/slow"] = page.SignInAgainAsync);

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task Two_slow_requests_that_slide_do_not_overwrite_newer_tokens(SessionPlace place)
    {
        var (first, second) = (new SlowPage(), new SlowPage());
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication: false);
            (setup.Pages["/first"], setup.Pages["/second"]) = (first.ServeAsync, second.ServeAsync);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(53));
        var one = await first.OpenAsync(browser, "/first");
        site.Clock.Pass(TimeSpan.FromMinutes(1));
        var two = await second.OpenAsync(browser, "/second");
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        second.Respond();
        browser.Receive(await two);
        first.Respond();
        browser.Receive(await one);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, newest.AccessToken!, refreshes: 1);
    }

    [Theory]
    [MemberData(nameof(PendingAndPlaces))]
    public async Task After_several_refreshes_the_newest_tokens_are_written(Pending pending, SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => pending.Configure(cookie);
            setup.Pages["/slow"] = page.ServeAsync;
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        var held = (await browser.SessionAsync()).RefreshToken!;
        site.Clock.Pass(pending.Age());
        var slow = await page.OpenAsync(browser);
        var first = await site.Client.RefreshTokensAsync(held, cancellationToken: Stop);
        var second = await site.Client.RefreshTokensAsync(first.RefreshToken!, cancellationToken: Stop);

        page.Respond();
        browser.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, second.AccessToken, refreshes: 2);
    }

    [Theory]
    [MemberData(nameof(WaysAndPlaces))]
    public async Task A_slow_request_does_not_overwrite_newer_tokens_of_another_process(bool renewedByApplication, SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication);
            setup.Pages["/slow"] = page.ServeAsync;
            sessions.Configure(setup);
        });
        await AssertTokensOfAnotherProcessAreKeptAsync(farm.First, farm.Second, page);
    }

    // Without a lock the processes share no outcome: only the stored session has the newer tokens.
    [Theory]
    [InlineData(SessionPlace.TicketStore, false)]
    [InlineData(SessionPlace.TicketStore, true)]
    [InlineData(SessionPlace.Server, false)]
    [InlineData(SessionPlace.Server, true)]
    public async Task A_slow_request_does_not_overwrite_newer_tokens_of_a_process_without_a_shared_lock(SessionPlace place, bool renewedByApplication)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        void Share(SiteSetup setup)
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication);
            setup.Pages["/slow"] = page.ServeAsync;
            sessions.Configure(setup);
        }

        await using var site = await TestSite.StartAsync(Share);
        await using var other = await site.StartNeighbourAsync(Share);
        await AssertTokensOfAnotherProcessAreKeptAsync(site, other, page);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_slow_request_that_slides_writes_its_new_times_with_the_newer_tokens(SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => Configure(cookie, renewedByApplication: false);
            setup.Pages["/slow"] = page.ServeAsync;
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slides = site.Clock.GetUtcNow();
        var slow = await page.OpenAsync(browser);
        var newest = await site.Client.RefreshTokensAsync((await browser.Copy().SessionAsync()).RefreshToken!, cancellationToken: Stop);

        page.Respond();
        browser.Receive(await slow);

        var session = await browser.SessionAsync();
        Assert.Equal(newest.AccessToken, session.AccessToken);
        Assert.Equal(slides + TimeSpan.FromMinutes(80), session.Expires);
    }

    // Another request refreshes while the first one waits in the page.
    private static async Task AssertNewerTokensAreKeptAsync(SessionPlace place, Action<SiteSetup, SlowPage> configure)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            configure(setup, page);
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var newest = await browser.SessionAsync();

        page.Respond();
        browser.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, browser, newest.AccessToken!, refreshes: 1);
    }

    // Another process refreshes while a request of the first one waits in the page.
    private static async Task AssertTokensOfAnotherProcessAreKeptAsync(TestSite site, TestSite other, SlowPage page)
    {
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(54));
        var slow = await page.OpenAsync(browser);
        site.Clock.Pass(TimeSpan.FromMinutes(2));
        var there = browser.Copy(other);
        var newest = await there.SessionAsync();

        page.Respond();
        there.Receive(await slow);
        site.Clock.Pass(TimeSpan.FromMinutes(2));

        await AssertNewestAsync(site, there, newest.AccessToken!, refreshes: 1);
        await AssertNewestAsync(site, there.Copy(site), newest.AccessToken!, refreshes: 1);
    }

    // The session slides, or the application renews it, in requests to the slow pages.
    private static void Configure(CookieAuthenticationOptions cookie, bool renewedByApplication)
    {
        (cookie.ExpireTimeSpan, cookie.SlidingExpiration) = (TimeSpan.FromMinutes(80), !renewedByApplication);
        cookie.Events.OnValidatePrincipal = context =>
        {
            context.ShouldRenew = renewedByApplication && context.Request.Path == "/slow";
            return Task.CompletedTask;
        };
    }

    private static async Task AssertNewestAsync(TestSite site, SiteBrowser browser, string newest, int refreshes)
    {
        var session = await browser.SessionAsync();
        Assert.True(session.SignedIn);
        Assert.Equal(newest, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(newest));
        Assert.Equal(refreshes, site.RefreshCalls);
    }
}
