using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A response that slid the cookie before the sign-out brings a cookie that is good for longer than the one that was signed out of.
/// </summary>
public sealed class LongerCookieTests
{
    public static MatrixTheoryData<Pending, bool, SessionPlace> Cookies
        => new([Pending.Slide, Pending.Renewal], [true, false], Enum.GetValues<SessionPlace>());

    public static MatrixTheoryData<Pending, SessionPlace> CookiesOfAFarm => new([Pending.Slide, Pending.Renewal], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(Cookies))]
    public async Task A_longer_cookie_that_arrives_after_the_sign_out_is_worth_nothing_until_its_own_end(
        Pending pending, bool purge, SessionPlace place)
    {
        await using var site = await LifetimeSite.StartAsync(setup => Configure(setup, pending, new SessionStorage(place)));
        var browser = await site.SignedInAsync();
        site.Clock.Pass(pending.Age());
        var longer = await browser.SendAsync("/slow");
        await browser.GetAsync("/sign-out");
        browser.Receive(longer);
        Assert.True(browser.HasSession);

        // Another sign-out removes what is remembered of tickets that have expired.
        site.Clock.Pass(PendingSetup.TicketLife - pending.Age() + TimeSpan.FromSeconds(1));
        if (purge)
        {
            var other = await site.SignedInAsync();
            await other.GetAsync("/sign-out");
        }

        Assert.False((await browser.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(CookiesOfAFarm))]
    public async Task A_longer_cookie_is_worth_nothing_in_another_process_either(Pending pending, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var farm = await Farm.StartAsync(setup => Configure(setup, pending, sessions));
        var browser = await farm.First.SignedInAsync();
        farm.First.Clock.Pass(pending.Age());
        var longer = await browser.SendAsync("/slow");
        await browser.GetAsync("/sign-out");
        browser.Receive(longer);

        farm.First.Clock.Pass(PendingSetup.TicketLife - pending.Age() + TimeSpan.FromSeconds(1));
        var there = browser.Copy(farm.Second);
        await there.SendAsync("/session");

        Assert.False((await there.SendAsync("/session")).Session.SignedIn);
    }

    private static void Configure(LifetimeSetup setup, Pending pending, SessionStorage sessions)
    {
        setup.Binance = options => options.RevokeOnSignOut = false;
        setup.Cookie = cookie => pending.Configure(cookie, sessions.Place);
        sessions.Configure(setup);
    }
}
