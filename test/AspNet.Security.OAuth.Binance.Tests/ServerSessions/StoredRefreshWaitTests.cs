using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A request waits 2 s for a refresh while its access token is still valid; a later outcome is written without it.
/// </summary>
public sealed class StoredRefreshWaitTests
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(2);

    // The tokens are due, and valid for four more minutes.
    private static readonly TimeSpan _due = TimeSpan.FromMinutes(56);

    [Fact]
    public async Task A_valid_token_is_used_after_two_seconds_and_the_new_one_is_written_later()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var response = await WaitAndProceedAsync(site, browser, hold);

        Assert.Equal(before.AccessToken, response.Session.AccessToken);
        Assert.Empty(response.SetCookies);
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);
        await site.Clock.SettleAsync();
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    [Fact]
    public async Task A_request_waits_up_to_two_seconds_for_a_refresh()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Clock.Pass(_due);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var before = await PageAsync(site, browser, hold);

        site.Clock.Pass(TimeSpan.FromSeconds(1));
        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await before).Session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal((await before).Session.AccessToken, (await browser.SessionAsync()).AccessToken);
    }

    [Fact]
    public async Task A_request_with_an_expired_token_waits_for_the_refresh()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        site.Clock.Pass(_wait + _wait);
        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await page).Session.AccessToken!));
        Assert.Empty((await page).SetCookies);
    }

    [Fact]
    public async Task Requests_with_a_valid_token_share_one_refresh_and_do_not_wait_for_it()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(_due);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = await PageAsync(site, browser, hold);
        site.Clock.Pass(_wait);
        await first;

        // Later requests wait for the same call.
        var waiting = site.Clock.NextTimer(_wait);
        var later = browser.SendAsync("/session");
        await Task.WhenAny(waiting, later);
        site.Clock.Pass(_wait);

        Assert.Equal(before.AccessToken, (await later).Session.AccessToken);
        Assert.Equal(1, hold.Arrived);
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task Two_processes_with_a_valid_token_wait_two_seconds_for_one_refresh()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        var (there, before) = (browser.Copy(farm.Second), await browser.SessionAsync());
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await WaitAndProceedAsync(site, browser, hold);

        var waiting = site.Clock.NextTimer(_wait);
        var page = there.SendAsync("/session");
        await waiting;
        site.Clock.Pass(_wait);

        Assert.Equal(before.AccessToken, (await page).Session.AccessToken);
        await hold.ReleaseUntilAsync(farm.Store, StoreCommand.Set);
        Assert.True(site.Emulator.Tokens.IsLive((await there.SessionAsync()).AccessToken!));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_late_refusal_removes_the_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.True((await WaitAndProceedAsync(site, browser, hold)).Session.SignedIn);

        await hold.AssertRefusalEndsSessionAsync(site, browser);

        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_late_failure_keeps_the_session_and_the_refresh_is_retried()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.True((await WaitAndProceedAsync(site, browser, hold)).Session.SignedIn);

        hold.Release();
        await site.Emulator.Requests.WaitForAsync(request => request.Status == 503, TestContext.Current.CancellationToken);
        await site.UntilLoggedAsync(Microsoft.Extensions.Logging.LogLevel.Warning);

        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task A_sign_out_before_the_late_write_ends_the_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await WaitAndProceedAsync(site, browser, hold);
        var copy = browser.Copy();

        await browser.SignOutDuringAsync(site, hold);

        Assert.False(browser.HasSessionCookie);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    // Opens a page whose refresh is held, and which proceeds without it after the wait.
    private static async Task<SiteResponse> WaitAndProceedAsync(TestSite site, SiteBrowser browser, EmulatorHold hold)
    {
        site.Clock.Pass(_due);
        var page = await PageAsync(site, browser, hold);
        site.Clock.Pass(_wait);
        return await page;
    }

    private static async Task<Task<SiteResponse>> PageAsync(TestSite site, SiteBrowser browser, EmulatorHold hold)
    {
        var waiting = site.Clock.NextTimer(_wait);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await waiting;
        return page;
    }
}
