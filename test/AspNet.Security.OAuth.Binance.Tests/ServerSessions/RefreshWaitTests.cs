using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// How long a request waits for a refresh: 2 s while the access token is still good, because the response of a slow Binance can be written later.
/// </summary>
public sealed class RefreshWaitTests
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(2);

    // The tokens are due, and good for four more minutes.
    private static readonly TimeSpan _due = TimeSpan.FromMinutes(56);

    [Fact]
    public async Task A_good_token_is_used_after_two_seconds_and_the_new_one_is_written_later()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var answer = await GoOnAsync(site, browser, hold);

        Assert.Equal(before.AccessToken, answer.Session.AccessToken);
        Assert.Empty(answer.SetCookies);
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    [Fact]
    public async Task A_refresh_within_two_seconds_is_waited_for()
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
    public async Task An_expired_token_is_not_used()
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
    public async Task A_crowd_with_a_good_token_goes_on_together()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        var before = await browser.SessionAsync();
        site.Clock.Pass(_due);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = await PageAsync(site, browser, hold);
        site.Clock.Pass(_wait);
        await first;

        // Those that come later wait for the same call.
        var waiting = site.Clock.NextTimer(_wait);
        var later = browser.SendAsync("/session");
        await Task.WhenAny(waiting, later);
        site.Clock.Pass(_wait);

        Assert.Equal(before.AccessToken, (await later).Session.AccessToken);
        Assert.Equal(1, hold.Arrived);
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refresh_of_another_process_is_waited_for_as_long_and_made_once()
    {
        await using var farm = await ServerSite.StartFarmAsync();
        var (site, browser) = (farm.First, await farm.First.SignedInAsync());
        var (there, before) = (browser.Copy(farm.Second), await browser.SessionAsync());
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await GoOnAsync(site, browser, hold);

        var waiting = site.Clock.NextTimer(_wait);
        var page = there.SendAsync("/session");
        await waiting;
        site.Clock.Pass(_wait);

        Assert.Equal(before.AccessToken, (await page).Session.AccessToken);
        var written = farm.Store.Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;
        Assert.True(site.Emulator.Tokens.IsLive((await there.SessionAsync()).AccessToken!));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refusal_after_everybody_went_on_removes_the_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.True((await GoOnAsync(site, browser, hold)).Session.SignedIn);
        site.Emulator.Tokens.RevokeAll();
        var removed = site.Store().Commands.Next(StoreCommand.Remove, ServerSite.Ticket);

        hold.Release();
        await removed;

        Assert.Empty(site.Store().Tickets());
        var answer = await browser.GetAsync("/session");
        Assert.False(answer.Session.SignedIn);
        Assert.Empty(answer.SetCookies);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_failure_after_everybody_went_on_leaves_the_session_and_is_tried_again()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503));
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        Assert.True((await GoOnAsync(site, browser, hold)).Session.SignedIn);

        hold.Release();
        await site.Emulator.Requests.WaitForAsync(request => request.Status == 503, TestContext.Current.CancellationToken);
        await site.UntilLoggedAsync(Microsoft.Extensions.Logging.LogLevel.Warning);

        Assert.True((await browser.SessionAsync()).SignedIn);
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact]
    public async Task A_sign_out_before_the_late_write_stays_one()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.SignedInAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await GoOnAsync(site, browser, hold);
        var copy = browser.Copy();
        var arrived = site.Requests.Next(1);

        var signOut = browser.SendAsync("/sign-out");
        await arrived;
        hold.Release();
        browser.Receive(await signOut);

        Assert.False(browser.HasSession);
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
    }

    // A page whose refresh is held, and that goes on without it.
    private static async Task<SiteAnswer> GoOnAsync(LifetimeSite site, LifetimeBrowser browser, EmulatorHold hold)
    {
        site.Clock.Pass(_due);
        var page = await PageAsync(site, browser, hold);
        site.Clock.Pass(_wait);
        return await page;
    }

    private static async Task<Task<SiteAnswer>> PageAsync(LifetimeSite site, LifetimeBrowser browser, EmulatorHold hold)
    {
        var waiting = site.Clock.NextTimer(_wait);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await waiting;
        return page;
    }
}
