using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut;

/// <summary>
/// A sign-out with the cookie of a session that a sign-in in the same browser has replaced, as by a request that was sent before: the next session continues, and no
/// token is revoked.
/// </summary>
public sealed class ReplacedSignOutTests
{
    [Fact]
    public async Task Sign_out_of_a_replaced_session_leaves_the_next_one_signed_in()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, replaced) = await ReplaceAsync(site, site);

        await AssertContinuesAsync(site, browser, await replaced.SendAsync("/sign-out"));
    }

    [Fact]
    public async Task Sign_out_of_a_replaced_session_by_another_process_leaves_the_next_one_signed_in()
    {
        await using var farm = await Farm.StartAsync();
        var (browser, replaced) = await ReplaceAsync(farm.First, farm.Second);
        farm.First.Clock.Pass(TimeSpan.FromSeconds(1));

        await AssertContinuesAsync(farm.First, browser, await replaced.SendAsync("/sign-out"));
    }

    [Fact(Timeout = 40_000)]
    public async Task Sign_out_of_a_replaced_session_leaves_the_next_one_signed_in_while_the_cache_hangs()
    {
        await using var farm = await Farm.StartAsync(setup => setup.Binance = options => options.RevocationTimeout = TimeSpan.FromSeconds(2));
        var (browser, replaced) = await ReplaceAsync(farm.First, farm.First);
        farm.Begin(StoreOutage.CacheHangs);

        var signOut = replaced.SendAsync("/sign-out");
        await farm.First.Clock.PassUpToAsync(signOut, StoreOutages.LongestWait);

        farm.Recover();
        await AssertContinuesAsync(farm.First, browser, await signOut);
    }

    // A browser that has signed in twice, and a copy of its first cookies at a process.
    private static async Task<(SiteBrowser Browser, SiteBrowser Replaced)> ReplaceAsync(TestSite site, TestSite process)
    {
        var browser = await site.SignedInAsync();
        var replaced = browser.Copy(process);
        await browser.SignInAsync();
        return (browser, replaced);
    }

    private static async Task AssertContinuesAsync(TestSite site, SiteBrowser browser, SiteResponse signOut)
    {
        Assert.Null(signOut.SessionCookie);
        browser.Receive(signOut);
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(site.Revocations);
    }
}
