using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// An attacker who can write to the cache, and has no keys of data protection, copies entries. An entry is bound to its key.
/// </summary>
public sealed class BoundEntryTests
{
    [Fact]
    public async Task An_entry_copied_to_another_user_s_key_is_rejected()
    {
        await using var site = await ServerSite.StartAsync();
        var (own, other) = await TwoUsersAsync(site);
        var (key, stolen) = (ServerSite.Ticket + await own.IdAsync(), ServerSite.Ticket + await other.IdAsync());

        site.Store().Tamper(key, site.Store().Find(stolen)!);

        Assert.False((await own.SessionAsync()).SignedIn);
        Assert.Equal(BinanceEmulatorDefaults.SecondUserId, (await other.SessionAsync()).UserId);
    }

    [Fact]
    public async Task An_entry_copied_to_another_cookie_s_key_is_rejected()
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
    public async Task A_key_in_another_cookie_is_rejected()
    {
        await using var site = await ServerSite.StartWithTwoCookiesAsync();
        var browser = await site.SignedInAsync();

        browser.SetCookie(".AspNetCore.Other", browser.Cookie(SiteResponse.CookieName));

        Assert.False((await browser.SessionAsync("Other")).SignedIn);
    }

    [Fact]
    public async Task A_list_copied_to_another_user_s_key_is_rejected()
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

    private static async Task<(SiteBrowser Own, SiteBrowser Other)> TwoUsersAsync(TestSite site)
    {
        var own = await site.SignedInAsync();
        site.Emulator.Options.AutoApproveUser = BinanceEmulatorDefaults.SecondUserId;
        return (own, await site.SignedInAsync());
    }
}
