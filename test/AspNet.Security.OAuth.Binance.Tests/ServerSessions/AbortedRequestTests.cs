using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.ServerSessions;

/// <summary>
/// A request that is aborted during a refresh: the outcome is still written.
/// </summary>
public sealed class AbortedRequestTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(5, false)]
    [InlineData(1, true)]
    public async Task A_refresh_of_aborted_requests_is_stored(int requests, bool useKestrel)
    {
        await using var site = await ServerSite.StartAsync(setup => setup.UseKestrel = useKestrel);
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await AbortAsync(site, browser, hold, requests);

        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);
        await site.Clock.SettleAsync();

        // The outcome is no longer kept: the next request reads the store.
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact]
    public async Task A_refusal_for_aborted_requests_removes_the_entry()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        await AbortAsync(site, browser, hold, requests: 3);

        await hold.AssertRefusalEndsSessionAsync(site, browser);
    }

    [Fact]
    public async Task A_request_aborted_while_the_store_is_written_keeps_the_session()
    {
        await using var site = await ServerSite.StartAsync();
        var browser = await site.WithExpiredTokenAsync();
        var write = site.Store().Commands.Hold(StoreCommand.Set, ServerSite.Ticket);
        using var closing = new CancellationTokenSource();
        var page = browser.SendUntilAsync("/session", closing.Token);
        await write.Reached;

        await closing.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        write.Release();
        await written;
        await site.Clock.SettleAsync();

        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.True(site.Emulator.Tokens.IsLive((await browser.SessionAsync()).AccessToken!));
        Assert.Equal(1, site.RefreshCalls);
    }

    private static async Task AbortAsync(TestSite site, SiteBrowser browser, EmulatorHold hold, int requests)
    {
        using var closing = new CancellationTokenSource();
        var arrived = site.Requests.Next(requests);
        var pages = Enumerable.Range(0, requests).Select(_ => browser.SendUntilAsync("/session", closing.Token)).ToArray();
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        await arrived;
        await closing.CancelAsync();
        foreach (var page in pages)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => page);
        }
    }
}
