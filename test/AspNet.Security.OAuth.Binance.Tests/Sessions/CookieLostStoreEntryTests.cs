using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A request with a key whose entry the store no longer has: no later session gets that key, because an attacker may have planted it
/// (session fixation).
/// </summary>
public sealed class CookieLostStoreEntryTests
{
    public static MatrixTheoryData<string, SessionPlace> StepsAndPlaces
        => new(["", "new", "out", "out,new", "new,out", "new,new"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(StepsAndPlaces))]
    public async Task A_key_whose_entry_is_lost_never_gets_a_session_again(string steps, SessionPlace place)
    {
        var (sessions, signedIn) = (new SessionStorage(place), steps.EndsWith("new", StringComparison.Ordinal));
        TestSite? running = null;
        await using var site = running = await TestSite.StartAsync(setup =>
        {
            setup.Pages["/do"] = async context =>
            {
                foreach (var step in context.Request.Query["steps"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    await (step == "new" ? context.SignInAsync("Cookies", CookieSites.User("another"), running!.NewTicket()) : context.SignOutAsync("Cookies"));
                }
            };
            sessions.Configure(setup);
        });
        var (browser, key) = await WithLostSessionAsync(site, sessions);

        var response = await browser.GetAsync("/do?steps=" + steps);

        Assert.True(response.SetCookies.Count <= 1);
        await AssertLeftAsync(site, browser, sessions, key, signedIn);
        Assert.Equal(signedIn, (await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_callback_with_a_key_whose_entry_is_lost_stores_its_session_under_another_key(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var (browser, key) = await WithLostSessionAsync(site, sessions);

        await browser.SignInAsync();

        await AssertLeftAsync(site, browser, sessions, key, signedIn: true);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<(SiteBrowser Browser, string Key)> WithLostSessionAsync(TestSite site, SessionStorage sessions)
    {
        var browser = await site.SignedInWithTlsAsync();
        await sessions.LoseAsync(Assert.Single(sessions.Entries));
        return (browser, site.StoreKey(browser.SessionCookie.Value));
    }

    private static async Task AssertLeftAsync(TestSite site, SiteBrowser browser, SessionStorage sessions, string key, bool signedIn)
    {
        Assert.Null(await sessions.FindAsync(site, key));
        await sessions.AssertHoldsAsync(site, signedIn ? [browser.SessionCookie.Value] : []);
    }
}
