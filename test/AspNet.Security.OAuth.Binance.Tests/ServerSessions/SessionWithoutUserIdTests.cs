using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A session whose user has no id, as after a sign-in of the application's own. It cannot be listed, and ends alone.
/// </summary>
public sealed class SessionWithoutUserIdTests
{
    [Fact]
    public async Task A_session_without_a_user_id_is_in_no_list_and_no_generation()
    {
        await using var site = await ServerSite.StartAsync();
        var used = new ConcurrentQueue<string>();
        site.Store().Commands.Before = (_, key) =>
        {
            used.Enqueue(key);
            return Task.CompletedTask;
        };

        var browser = await SignedInAsync(site);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Contains(Assert.Single(site.Store().Tickets()), used);
        site.Clock.Pass(TimeSpan.FromDays(8));
        Assert.True((await browser.SessionAsync()).SignedIn);
        await browser.GetAsync("/sign-out");

        Assert.DoesNotContain(used, key => key.StartsWith(ServerSite.Index, StringComparison.Ordinal));
        Assert.DoesNotContain(used, key => key.StartsWith(ServerSite.Generation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_without_a_user_id_whose_entry_was_lost_can_be_ended()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await SignedInAsync(site);
        var id = await browser.IdAsync();
        site.Store().Lose(ServerSite.Ticket);

        await site.CookieOptions().SessionStore!.RemoveAsync(site.StoreKey(browser.SessionCookie.Value), TestContext.Current.CancellationToken);

        Assert.Contains("AspNet.Security.OAuth.Binance:ended:" + id, site.Store().Keys);
    }

    private static async Task<SiteBrowser> SignedInAsync(TestSite site)
    {
        var browser = site.Browser();

        // An empty id is none.
        await browser.GetAsync("/as?user=");
        return browser;
    }
}
