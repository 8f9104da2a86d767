using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;



namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A response that slid the cookie before the sign-out arrives after it: its cookie is valid for longer than the one of the sign-out.
/// </summary>
public sealed class LongerCookieTests
{
    public static MatrixTheoryData<Pending, bool, SessionPlace> Cookies
        => new([Pending.Slide, Pending.Renewal], [true, false], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<Pending, SessionPlace> CookiesOfAFarm => new([Pending.Slide, Pending.Renewal], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<Pending, SessionPlace> LongerCookies
        => new([Pending.Slide, Pending.RefreshAndSlide, Pending.Renewal], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task A_longer_cookie_that_arrives_after_the_sign_out_is_rejected_beyond_the_end_of_the_older_one(
        Pending pending, bool purge, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => Configure(setup, pending, new SessionStorage(place)));
        var browser = await ReceiveAfterSignOutAsync(site, pending);
        Assert.True(browser.HasSessionCookie);

        // Another sign-out removes the records of ended sessions whose tickets have expired.
        site.Clock.Pass(PendingSetup.TicketLife - pending.Age() + TimeSpan.FromSeconds(1));
        if (purge)
        {
            var other = await site.SignedInAsync();
            await other.GetAsync("/sign-out");
        }

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(LongerCookies))]
    public async Task A_longer_cookie_that_arrives_after_the_sign_out_is_rejected_until_its_own_end(
        Pending pending, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(setup => Configure(setup, pending, new SessionStorage(place)));
        var browser = await ReceiveAfterSignOutAsync(site, pending);
        Assert.True(browser.HasSessionCookie);

        site.Clock.Pass(PendingSetup.TicketLife - TimeSpan.FromSeconds(1));

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(CookiesOfAFarm))]
    public async Task Another_process_rejects_the_longer_cookie(Pending pending, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, pending, sessions));
        var browser = await ReceiveAfterSignOutAsync(farm.First, pending);

        farm.First.Clock.Pass(PendingSetup.TicketLife - pending.Age() + TimeSpan.FromSeconds(1));
        var there = browser.Copy(farm.Second);
        await there.SendAsync("/session");

        Assert.False((await there.SendAsync("/session")).Session.SignedIn);
    }

    // A browser that receives the longer cookie after the response of the sign-out.
    private static async Task<SiteBrowser> ReceiveAfterSignOutAsync(TestSite site, Pending pending)
    {
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var longer = await browser.SendAsync("/slow");
        await browser.GetAsync("/sign-out");
        browser.Receive(longer);
        return browser;
    }

    private static void Configure(SiteSetup setup, Pending pending, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = false;
        setup.Cookie = cookie => pending.Configure(cookie, sessions.Place);
        sessions.Configure(setup);
    }
}
