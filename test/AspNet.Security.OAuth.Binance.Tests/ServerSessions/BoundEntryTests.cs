using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// Somebody who may write to the cache, and has no keys of data protection, copies entries. An entry under another key is none.
/// </summary>
public sealed class BoundEntryTests
{
    [Fact]
    public async Task The_session_of_one_user_does_not_become_that_of_another()
    {
        await using var site = await ServerSite.StartAsync();
        var (own, other) = await TwoUsersAsync(site);
        var (key, stolen) = (ServerSite.Ticket + await own.IdAsync(), ServerSite.Ticket + await other.IdAsync());

        site.Store().Tamper(key, site.Store().Find(stolen)!);

        Assert.False((await own.SessionAsync()).SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await other.SessionAsync()).UserId);
    }

    [Fact]
    public async Task The_session_of_one_cookie_does_not_become_that_of_another()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = await site.SignedInAsync();
        await browser.GetAsync("/as?cookie=Other&user=another");
        var (stolen, key) = (ServerSite.Ticket + await browser.IdAsync("Cookies"), ServerSite.Ticket + await browser.IdAsync("Other"));
        Assert.NotEqual(stolen, key);

        site.Store().Tamper(key, site.Store().Find(stolen)!);

        Assert.False((await browser.SessionAsync("Other")).SignedIn);
        Assert.True((await browser.SessionAsync()).SignedIn);
    }

    [Fact]
    public async Task The_key_of_one_cookie_opens_nothing_as_that_of_another()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = await site.SignedInAsync();

        using var client = new HttpClient(site.CreateHandler());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.Address, "/session?cookie=Other"));
        request.Headers.Add("Cookie", $".AspNetCore.Other={browser.Cookie(SiteAnswer.CookieName)}");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.False((await SiteAnswer.ReadAsync(response)).Session.SignedIn);
    }

    [Fact]
    public async Task The_list_of_one_user_does_not_become_that_of_another()
    {
        await using var site = await ServerSite.StartAsync();
        var own = await site.SignedInAsync();
        var key = site.Store().Keys.Single(key => key.StartsWith(ServerSite.Index, StringComparison.Ordinal));
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        var other = await site.SignedInAsync();
        var stolen = site.Store().Keys.Single(found => found.StartsWith(ServerSite.Index, StringComparison.Ordinal) && found != key);

        site.Store().Tamper(key, site.Store().Find(stolen)!);

        Assert.DoesNotContain(await other.IdAsync(), (await site.ListAsync()).Select(session => session.Id));
        await site.EndAllAsync();
        Assert.True((await other.SessionAsync()).SignedIn);
        Assert.False((await own.SessionAsync()).SignedIn);
    }

    private static async Task<(LifetimeBrowser Own, LifetimeBrowser Other)> TwoUsersAsync(LifetimeSite site)
    {
        var own = await site.SignedInAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        return (own, await site.SignedInAsync());
    }
}
