using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.SignOut.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Medallion.Threading;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.WebFarm;

/// <summary>
/// An application that has registered a distributed lock without a distributed cache, or a cache without a lock: each process makes its own calls.
/// </summary>
public sealed class LockOrCacheTests
{
    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tokens_that_are_due_are_refreshed_without_a_warning(bool hasCache)
    {
        await using var site = await TestSite.StartAsync(SetupOf(hasCache));
        var (browser, old) = await site.DueAsync(expired: false);

        var session = await browser.SessionAsync();

        Assert.NotEqual(old.AccessToken, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        site.AssertWarned(0);
    }

    [Theory(Timeout = 40_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_out_revokes_the_token_without_a_warning(bool hasCache)
    {
        await using var site = await TestSite.StartAsync(SetupOf(hasCache));
        var browser = await site.SignedInAsync();
        var session = await browser.SessionAsync();

        await browser.GetAsync(SignOutSite.LogoutPath);

        Assert.Equal([session.AccessToken!], site.Revoked());
        site.AssertWarned(0);
    }

    [Fact(Timeout = 40_000)]
    public async Task Token_of_a_refresh_that_ends_after_a_sign_out_at_another_process_is_revoked()
    {
        var setup = SetupOf(hasCache: true);
        await using var site = await TestSite.StartAsync(setup);
        await using var second = await site.StartNeighbourAsync(setup);
        var (browser, _) = await site.DueAsync(expired: false);
        var late = site.Bring("late-refresh-token");
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await browser.Copy(second).GetWithinLogoutAsync(site.Clock);
        hold.Release();

        browser.Receive(await page);
        await site.Emulator.Requests.WaitForAsync(_ => site.Revoked().Contains(late), TestTimeout.Token);
        Assert.False((await browser.SessionAsync()).SignedIn);
        Assert.Equal(1, site.RefreshCalls);
    }

    // The processes share what is registered.
    private static Action<SiteSetup> SetupOf(bool hasCache)
    {
        SharedStore? store = null;
        var locks = new SharedLocks();
        return setup =>
        {
            setup.AddLogout();
            setup.Add(services => _ = hasCache
                ? services.AddSingleton<IDistributedCache>(provider => store ??= new SharedStore(provider.GetRequiredService<TimeProvider>()))
                : services.AddSingleton<IDistributedLockProvider>(locks));
        };
    }
}
