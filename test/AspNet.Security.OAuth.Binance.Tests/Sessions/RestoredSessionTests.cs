using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A session that has ended, was refused or was replaced is not restored by a late response, and does not end its successor.
/// </summary>
public sealed class RestoredSessionTests
{
    public static MatrixTheoryData<bool, SessionPlace> ReplacementsAndPlaces => new([false, true], Enum.GetValues<SessionPlace>());

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_second_replacement_does_not_restore_an_ended_session(SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var browser = await site.SignedInAsync();
        var (kept, other) = (browser.Copy(), browser.Copy());
        var callback = await other.ConsentAsync();
        await browser.AdoptAsync(site.NewTicket());
        await browser.GetAsync("/sign-out");
        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);

        await other.DeliverCallbackAsync(callback);

        Assert.False((await kept.SendAsync("/session")).Session.SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.All), MemberType = typeof(SessionPlaces))]
    public async Task A_replaced_session_is_not_restored_after_another_process_ended_its_successor(SessionPlace place)
    {
        var (page, sessions) = (new SlowPage(), new SessionStorage(place));
        await using var farm = await Farm.StartAsync(setup =>
        {
            setup.Pages["/slow"] = page.SignInAgainAsync;
            sessions.Configure(setup);
        });
        var browser = await farm.First.SignedInAsync();
        var slow = await page.OpenAsync(browser);
        await browser.AdoptAsync(farm.First.NewTicket());

        var there = await page.SignOutElsewhereAsync(browser, farm.Second, slow);

        Assert.False(there.HasSessionCookie);
        Assert.Empty(sessions.Entries);
    }

    [Theory]
    [MemberData(nameof(ReplacementsAndPlaces))]
    public async Task A_slow_response_of_a_refused_session_does_not_change_the_next_session(bool replaced, SessionPlace place)
    {
        var page = new SlowPage();
        await using var site = await TestSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.ExpireTimeSpan = TimeSpan.FromDays(1);
            setup.Pages["/slow"] = page.ServeAsync;
            new SessionStorage(place).Configure(setup);
        });
        var browser = await site.SignedInAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(56));
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Body("""{"error":"invalid_grant"}""", 400));
        var slow = await page.OpenAsync(browser);
        if (!replaced)
        {
            await browser.GetAsync("/sign-out");
        }

        await browser.AdoptAsync(site.NewTicket());
        site.Clock.Pass(TimeSpan.FromMinutes(11));

        page.Respond();
        browser.Receive(await slow);

        Assert.True((await browser.SessionAsync()).SignedIn);
    }
}
