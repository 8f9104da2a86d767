using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// A session in the cookie whose access token is good: its request continues with the old token after 2 s, and its response waits for the call
/// of this process, because it sets the cookie with the new tokens.
/// </summary>
public sealed class GoodTokenWaitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task Page_continues_with_the_old_token_after_two_seconds_and_its_response_sets_the_new_cookie()
    {
        var page = new TokenPage();
        await using var site = await TestSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var response = await OpenAsync(browser, hold);
        await site.Clock.PassUpToAsync(page.Reached, StoreOutages.GoodWait);
        Assert.Equal(old, await page.Reached);
        site.Clock.Pass(TimeSpan.FromSeconds(5));
        Assert.False(response.IsCompleted);
        hold.Release();

        browser.Receive(await response);
        Assert.NotNull((await response).SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        var session = await browser.SessionAsync();
        Assert.NotEqual(old, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Page_waits_two_seconds_for_the_refresh()
    {
        var page = new TokenPage();
        await using var site = await TestSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var response = await OpenAsync(browser, hold);

        site.Clock.Pass(StoreOutages.GoodWait - TimeSpan.FromMilliseconds(1));
        hold.Release();

        Assert.NotEqual(old, await page.Reached);
        Assert.NotNull((await response).SessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task Page_waits_two_seconds_in_all_for_a_slow_cache_and_for_the_refresh()
    {
        var page = new TokenPage();
        await using var farm = await Farm.StartAsync(page.AddTo);
        var clock = farm.First.Clock;
        var (browser, old) = await DueAsync(farm.First);
        var read = farm.Store.Commands.Hold(StoreCommand.Get, ":session:");
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var response = browser.SendAsync("/page");
        await read.Reached;
        clock.Pass(TimeSpan.FromSeconds(1.5));
        read.Release();
        await hold.WaitForCallsAsync(1, Stop);

        await clock.PassUpToAsync(page.Reached, TimeSpan.FromSeconds(0.5));

        Assert.Equal(old, await page.Reached);
        hold.Release();
        Assert.NotNull((await response).SessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task Response_waits_until_BackchannelTimeout_and_later_requests_do_not_wait()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.BackchannelTimeout = TimeSpan.FromSeconds(6));
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var response = await OpenAsync(browser, hold, "/session");

        await site.Clock.PassUpToAsync(response, TimeSpan.FromSeconds(6));

        Assert.Null((await response).SessionCookie);
        Assert.DoesNotContain(site.Logs, record => record.Id.Name == "CookieNotWritten");
        Assert.Equal(old, (await browser.GetWithinAsync(site.Clock, TimeSpan.Zero)).Session.AccessToken);
        hold.Release();
        Assert.True(site.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Response_that_starts_early_waits_for_the_new_tokens()
    {
        await using var site = await TestSite.StartAsync(setup => setup.Pages["/stream"] = async context =>
        {
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.WriteAsync("more", context.RequestAborted);
        });
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var response = await OpenAsync(browser, hold, "/stream");
        site.Clock.Pass(TimeSpan.FromSeconds(9));
        hold.Release();

        browser.Receive(await response);

        Assert.NotNull((await response).SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.NotEqual(old, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Refresh_of_an_aborted_page_is_kept()
    {
        var page = new TokenPage();
        await using var site = await TestSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var response = browser.SendUntilAsync("/page", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await site.Clock.PassUpToAsync(page.Reached, StoreOutages.GoodWait);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => response);

        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    // The response cannot set a cookie with the tokens of another process, so that it does not wait for them.
    [Theory(Timeout = 40_000)]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Refresh_by_another_process_is_waited_for_two_seconds_at_most(SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var (browser, old) = await DueAsync(farm.First);
        var there = browser.Copy(farm.Second);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var here = browser.SendUntilAsync("/session", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);

        Assert.Equal(old, (await there.GetWithinAsync(farm.First.Clock, StoreOutages.GoodWait)).Session.AccessToken);
        Assert.Equal(old, (await there.GetWithinAsync(farm.First.Clock, TimeSpan.Zero)).Session.AccessToken);

        hold.Release();
        browser.Receive(await here);
        Assert.True(farm.First.Emulator.Tokens.IsLive((await there.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    // Opens a page whose refresh is held.
    private static async Task<Task<SiteResponse>> OpenAsync(SiteBrowser browser, EmulatorHold hold, string path = "/page")
    {
        var response = browser.SendAsync(path);
        await hold.WaitForCallsAsync(1, Stop);
        return response;
    }

    private static async Task<(SiteBrowser Browser, string Old)> DueAsync(TestSite site)
    {
        var browser = await site.SignedInAsync();
        var old = (await browser.SessionAsync()).AccessToken!;
        site.Clock.Pass(StoreOutages.DueAge);
        return (browser, old);
    }

    // A page that reports its access token as soon as it runs.
    private sealed class TokenPage
    {
        private readonly TaskCompletionSource<string?> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string?> Reached => _reached.Task;

        public void AddTo(SiteSetup setup) => setup.Pages["/page"] = async context =>
        {
            _reached.TrySetResult(await context.GetTokenAsync("access_token"));
            await context.Response.WriteAsync("a page", context.RequestAborted);
        };
    }
}
