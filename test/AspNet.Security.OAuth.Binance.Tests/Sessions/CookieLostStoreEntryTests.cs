using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Sessions;

/// <summary>
/// A browser that brings a key whose session the store no longer has: nothing gives that key a session again, or whoever planted it
/// would be in the session of the next user (session fixation).
/// </summary>
public sealed class CookieLostStoreEntryTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("new", true)]
    [InlineData("out", false)]
    [InlineData("out,new", true)]
    [InlineData("new,out", false)]
    [InlineData("new,new", true)]
    public async Task A_key_without_a_session_stays_without_one(string steps, bool signedIn)
    {
        var store = new CookieTicketStore();
        LifetimeSite? running = null;
        await using var site = running = await LifetimeSite.StartAsync(setup =>
        {
            setup.Cookie = cookie => cookie.SessionStore = store;
            setup.Pages["/do"] = async context =>
            {
                foreach (var step in context.Request.Query["steps"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
                {
                    await (step == "new" ? context.SignInAsync("Cookies", CookieSites.User("another"), running!.NewTicket()) : context.SignOutAsync("Cookies"));
                }
            };
        });
        var (browser, key) = await WithLostSessionAsync(site, store);

        var answer = await browser.GetAsync("/do?steps=" + steps);

        Assert.True(answer.SetCookies.Count <= 1);
        AssertLeft(site, browser, store, key, signedIn);
        Assert.Equal(signedIn, (await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task A_callback_over_a_key_without_a_session_stores_its_session_under_another()
    {
        var store = new CookieTicketStore();
        await using var site = await LifetimeSite.StartAsync(setup => setup.Cookie = cookie => cookie.SessionStore = store);
        var (browser, key) = await WithLostSessionAsync(site, store);

        await browser.SignInAsync();

        AssertLeft(site, browser, store, key, signedIn: true);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    private static async Task<(CookieJarBrowser Browser, string Key)> WithLostSessionAsync(LifetimeSite site, CookieTicketStore store)
    {
        var browser = new CookieJarBrowser(site);
        await browser.SignInAsync();
        var key = Assert.Single(store.Keys);
        await store.RemoveAsync(key);
        return (browser, key);
    }

    private static void AssertLeft(LifetimeSite site, CookieJarBrowser browser, CookieTicketStore store, string key, bool signedIn)
    {
        Assert.DoesNotContain(key, store.Keys);
        Assert.Equal(signedIn ? [site.StoreKey(browser.SessionCookie)] : [], store.Keys);
    }
}
