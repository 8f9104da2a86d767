using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A request with a key whose entry the store no longer has, or that the request itself removed: no later session gets that key, because an attacker may have
/// planted it (session fixation).
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
        await using var site = await StartAsync(sessions);
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

    // The cookie handler uses the key of the first sign-in again.
    [Fact]
    public async Task A_key_that_the_request_itself_removed_never_gets_a_session_again()
    {
        var sessions = new SessionStorage(SessionPlace.TicketStore);
        await using var site = await StartAsync(sessions);
        var browser = site.Browser();

        await browser.GetAsync("/do?steps=new,out,new");

        Assert.True((await browser.SessionAsync()).SignedIn);
        await sessions.AssertHoldsAsync(site, browser.SessionCookie.Value);
    }

    /// <summary>A site with a page that signs in and out in the order of its query.</summary>
    private static async Task<TestSite> StartAsync(SessionStorage sessions)
    {
        TestSite? running = null;
        return running = await TestSite.StartAsync(setup =>
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
