using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Sessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Refresh;

/// <summary>
/// The token endpoint responds after its callers have stopped waiting: the response is kept and used. The server revokes a grant whose refresh
/// token is used twice, so that a second call would end the session.
/// </summary>
public sealed class RefreshBeyondTimeoutTests
{
    public static MatrixTheoryData<int, bool, SessionPlace> Responses => new([11, 30, 59], [false, true], Enum.GetValues<SessionPlace>());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Responses))]
    public async Task Late_response_is_used_by_the_next_request(int seconds, bool expired, SessionPlace place)
    {
        var sessions = new SessionStorage(place);
        await using var site = await TestSite.StartAsync(sessions.Configure);
        var (browser, old) = await DueAsync(site, expired);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var began = site.Clock.GetUtcNow();

        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        await site.Clock.PassUpToAsync(page, StoreOutages.LongestWait);
        Assert.Equal(old, (await page).Session.AccessToken);
        Assert.Null((await page).SessionCookie);
        site.Clock.Pass(TimeSpan.FromSeconds(seconds) - (site.Clock.GetUtcNow() - began));
        var isStored = sessions.IsStored ? sessions.NextRenewal() : Task.CompletedTask;
        hold.Release();

        // The call ends before its outcome is stored, and the next step needs it in the store.
        var session = await browser.UntilRenewedAsync(old);
        await isStored;
        await site.Clock.SettleAsync();
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TestSite.TokenLifetime);
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(2, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Refresh_that_the_http_handler_does_not_end_fails_after_a_minute_and_is_tried_again()
    {
        var binance = new HoldingBackchannel("/oauth/token") { IsOpen = true };
        await using var site = await TestSite.StartAsync(setup => setup.Binance = options => options.BackchannelHttpHandler = binance);
        var browser = await site.WithExpiredTokenAsync();
        binance.IsOpen = false;
        var held = binance.Held.Next(1);
        var page = browser.SendAsync("/session");
        await held;
        binance.IsOpen = true;
        await site.Clock.PassUpToAsync(page, StoreOutages.LongestWait);
        Assert.True((await page).Session.SignedIn);

        site.Clock.Pass(TimeSpan.FromSeconds(61));
        await site.UntilLoggedAsync(LogLevel.Warning);
        Assert.Contains("the HTTP handler ignored the cancellation", Assert.Single(site.Logged(LogLevel.Warning)).Message, StringComparison.Ordinal);

        // A failure is kept for half a minute.
        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Responses))]
    public async Task Late_response_is_used_although_every_request_was_aborted(int seconds, bool expired, SessionPlace place)
    {
        await using var site = await TestSite.StartAsync(new SessionStorage(place).Configure);
        var (browser, old) = await DueAsync(site, expired);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var closing = new CancellationTokenSource();
        var arrived = site.Requests.Next(5);
        Task<SiteResponse>[] pages = [.. Enumerable.Range(0, 5).Select(_ => browser.SendUntilAsync("/session", closing.Token))];
        await arrived;
        await hold.WaitForCallsAsync(1, Stop);
        await closing.CancelAsync();
        foreach (var page in pages)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
        }

        site.Clock.Pass(TimeSpan.FromSeconds(seconds));
        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await browser.UntilRenewedAsync(old)).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Theory(Timeout = 40_000)]
    [MemberData(nameof(Responses))]
    public async Task Late_response_is_used_by_the_other_process(int seconds, bool expired, SessionPlace place)
    {
        await using var farm = await Farm.StartAsync(new SessionStorage(place).Configure);
        var site = farm.First;
        var (browser, old) = await DueAsync(site, expired);
        var there = browser.Copy(farm.Second);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var began = site.Clock.GetUtcNow();

        var here = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        var waits = farm.Locks.Next(LockCommand.Acquire);
        var elsewhere = there.SendAsync("/session");
        await waits;
        await site.Clock.PassUpToAsync(Task.WhenAll(here, elsewhere), StoreOutages.LongestWait);
        Assert.Equal((old, old), ((await here).Session.AccessToken, (await elsewhere).Session.AccessToken));
        site.Clock.Pass(TimeSpan.FromSeconds(seconds) - (site.Clock.GetUtcNow() - began));
        hold.Release();

        var session = await there.UntilRenewedAsync(old);
        Assert.True(site.Emulator.Tokens.IsLive(session.AccessToken!));
        Assert.Equal(session.AccessToken, (await browser.UntilRenewedAsync(old)).AccessToken);
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 40_000)]
    public async Task Later_request_waits_for_a_slow_call_only_until_its_timeout()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, old) = await DueAsync(site, expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var first = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);
        site.Clock.Pass(TimeSpan.FromSeconds(7));

        await site.Clock.PassUpToAsync(browser.SendAsync("/session"), TimeSpan.FromSeconds(3));
        await first;

        Assert.Equal(old, (await browser.GetWithinAsync(site.Clock, TimeSpan.Zero)).Session.AccessToken);
        Assert.Equal(1, hold.Arrived);
    }

    [Fact(Timeout = 40_000)]
    public async Task Request_with_an_expired_token_waits_until_BackchannelTimeout()
    {
        await using var site = await TestSite.StartAsync();
        var (browser, _) = await DueAsync(site, expired: true);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var page = browser.SendAsync("/session");
        await hold.WaitForCallsAsync(1, Stop);

        site.Clock.Pass(StoreOutages.LongestWait - TimeSpan.FromMilliseconds(1));
        hold.Release();

        Assert.True(site.Emulator.Tokens.IsLive((await page).Session.AccessToken!));
    }

    private static async Task<(SiteBrowser Browser, string Old)> DueAsync(TestSite site, bool expired)
    {
        var browser = await site.SignedInAsync();
        var old = (await browser.SessionAsync()).AccessToken!;
        site.Clock.Pass(expired ? TestSite.TokenLifetime : StoreOutages.DueAge);
        return (browser, old);
    }
}
