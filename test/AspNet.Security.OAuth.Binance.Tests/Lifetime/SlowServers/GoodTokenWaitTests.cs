using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime.Outage;
using AspNet.Security.OAuth.Binance.Tests.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime.SlowServers;

/// <summary>
/// A session in the cookie whose access token is good: its request goes on after 2 s with the old token, and its response waits for the call
/// of this process, because the cookie has to carry the new tokens.
/// </summary>
public sealed class GoodTokenWaitTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 40_000)]
    public async Task The_page_goes_on_after_two_seconds_and_its_response_carries_the_new_tokens()
    {
        var page = new TokenPage();
        await using var site = await LifetimeSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);

        var answer = browser.SendAsync("/page");
        await hold.WaitForCallsAsync(1, Stop);
        await site.Clock.PassUpToAsync(page.Reached, StoreOutages.GoodWait);
        Assert.Equal(old, await page.Reached);
        site.Clock.Pass(TimeSpan.FromSeconds(5));
        Assert.False(answer.IsCompleted);
        hold.Release();

        browser.Receive(await answer);
        Assert.NotNull((await answer).SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        var session = await browser.SessionAsync();
        Assert.NotEqual(old, session.AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task The_page_does_not_go_on_before_two_seconds()
    {
        var page = new TokenPage();
        await using var site = await LifetimeSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var answer = browser.SendAsync("/page");
        await hold.WaitForCallsAsync(1, Stop);

        site.Clock.Pass(StoreOutages.GoodWait - TimeSpan.FromMilliseconds(1));
        hold.Release();

        Assert.NotEqual(old, await page.Reached);
        Assert.NotNull((await answer).SessionCookie);
    }

    [Fact(Timeout = 40_000)]
    public async Task The_response_waits_for_BackchannelTimeout_in_all_and_later_ones_not_at_all()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Binance = options => options.BackchannelTimeout = TimeSpan.FromSeconds(6));
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var answer = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);

        await site.Clock.PassUpToAsync(answer, TimeSpan.FromSeconds(6));

        Assert.Null((await answer).SessionCookie);
        Assert.Equal(old, (await browser.GetWithinAsync(site.Clock, TimeSpan.Zero)).Session.AccessToken);
        hold.Release();
        Assert.True(site.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_page_that_writes_early_has_its_response_wait_too()
    {
        await using var site = await LifetimeSite.StartAsync(setup => setup.Pages["/stream"] = async context =>
        {
            await context.Response.StartAsync(context.RequestAborted);
            await context.Response.WriteAsync("more", context.RequestAborted);
        });
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var answer = browser.SendAsync("/stream");
        await hold.WaitForCallsAsync(1, Stop);
        site.Clock.Pass(TimeSpan.FromSeconds(9));
        hold.Release();

        browser.Receive(await answer);

        Assert.NotNull((await answer).SessionCookie);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.NotEqual(old, (await browser.SessionAsync()).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task A_page_that_the_browser_leaves_meanwhile_loses_nothing()
    {
        var page = new TokenPage();
        await using var site = await LifetimeSite.StartAsync(page.AddTo);
        var (browser, old) = await DueAsync(site);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var answer = browser.SendUntilAsync("/page", closing.Token);
        await hold.WaitForCallsAsync(1, Stop);
        await site.Clock.PassUpToAsync(page.Reached, StoreOutages.GoodWait);
        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    // The response cannot carry what another process brings: nothing is gained by waiting.
    [Theory(Timeout = 40_000)]
    [InlineData(SessionPlace.Cookie)]
    [InlineData(SessionPlace.Server)]
    public async Task Another_process_s_call_is_waited_for_two_seconds_at_most(SessionPlace place)
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

    private static async Task<(LifetimeBrowser Browser, string Old)> DueAsync(LifetimeSite site)
    {
        var browser = await site.SignedInAsync();
        var old = (await browser.SessionAsync()).AccessToken!;
        site.Clock.Pass(StoreOutages.DueAge);
        return (browser, old);
    }

    // A page that tells which access token it has, as soon as it runs.
    private sealed class TokenPage
    {
        private readonly TaskCompletionSource<string?> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string?> Reached => _reached.Task;

        public void AddTo(LifetimeSetup setup) => setup.Pages["/page"] = async context =>
        {
            _reached.TrySetResult(await context.GetTokenAsync("access_token"));
            await context.Response.WriteAsync("a page", context.RequestAborted);
        };
    }
}
