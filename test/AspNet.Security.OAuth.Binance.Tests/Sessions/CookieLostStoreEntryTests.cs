using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A browser that brings a key whose session the store no longer has: nothing gives that key a session again, or whoever planted it
/// would be in the session of the next user (session fixation).
/// </summary>
public sealed class CookieLostStoreEntryTests
{
    public static MatrixTheoryData<string, SessionPlace> StepsAndPlaces
        => new(["", "new", "out", "out,new", "new,out", "new,new"], [SessionPlace.TicketStore, SessionPlace.Server]);

    [Theory]
    [MemberData(nameof(StepsAndPlaces))]
    public async Task A_key_without_a_session_stays_without_one(string steps, SessionPlace place)
    {
        var (sessions, signedIn) = (new SessionStorage(place), steps.EndsWith("new", StringComparison.Ordinal));
        LifetimeSite? running = null;
        await using var site = running = await LifetimeSite.StartAsync(setup =>
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

        var answer = await browser.GetAsync("/do?steps=" + steps);

        Assert.True(answer.SetCookies.Count <= 1);
        await AssertLeftAsync(site, browser, sessions, key, signedIn);
        Assert.Equal(signedIn, (await browser.SessionAsync()).SignedIn);
    }

    [Theory]
    [MemberData(nameof(SessionPlaces.Stored), MemberType = typeof(SessionPlaces))]
    public async Task A_callback_over_a_key_without_a_session_stores_its_session_under_another(SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await LifetimeSite.StartAsync(sessions.Configure);
        var (browser, key) = await WithLostSessionAsync(site, sessions);

        await browser.SignInAsync();

        await AssertLeftAsync(site, browser, sessions, key, signedIn: true);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<(CookieJarBrowser Browser, string Key)> WithLostSessionAsync(LifetimeSite site, SessionStorage sessions)
    {
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        await sessions.LoseAsync(Assert.Single(sessions.Entries));
        return (browser, site.StoreKey(browser.SessionCookie.Value));
    }

    private static async Task AssertLeftAsync(LifetimeSite site, CookieJarBrowser browser, SessionStorage sessions, string key, bool signedIn)
    {
        Assert.Null(await sessions.FindAsync(site, key));
        await sessions.AssertHoldsAsync(site, signedIn ? [browser.SessionCookie.Value] : []);
    }
}
