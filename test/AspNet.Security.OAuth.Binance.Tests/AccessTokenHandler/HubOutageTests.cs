using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// A hub calls an API while Binance or the cache is slow or unavailable: an expired token is never sent.
/// </summary>
public sealed class HubOutageTests
{
    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_sent_and_an_expired_one_is_not_while_Binance_is_unavailable()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var before = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);

        site.Clock.Pass(StoreOutages.DueAge);
        Assert.Equal("called", await connection.CallAsync("due"));
        Assert.Equal(before, Assert.Single(hub.SentTo("/due")));

        site.Clock.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await connection.CallAsync("expired"));
        Assert.Empty(hub.SentTo("/expired"));

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("called", await connection.CallAsync("after"));
        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(hub.SentTo("/after"))));
    }

    [Fact(Timeout = 60_000)]
    public async Task Refresh_that_exceeds_its_timeout_fails_and_its_token_is_sent_later()
    {
        await using var hub = await HubSite.StartAsync();
        var site = hub.Site;
        await using var connection = await hub.ConnectAsync(await site.SignedInAsync());
        await hub.Events.Connected.Task;
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(10));
        var call = connection.CallAsync("slow");
        await Task.WhenAll(waiting, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));

        site.Clock.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal($"failure: {BinanceFailure.Timeout}", await call);
        Assert.Empty(hub.SentTo("/slow"));
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);
        Assert.Equal("called", await connection.CallAsync("slow"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Nothing_is_sent_while_the_cache_is_unavailable()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Store().Fail();

        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await connection.CallAsync("unavailable"));
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Equal($"failure: {BinanceFailure.Unavailable}", text));

        Assert.Single(hub.Sent);
        site.Store().Recover();
        Assert.Equal("called", await connection.CallAsync());
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task New_token_is_sent_when_the_cache_fails_during_the_refresh_of_a_good_one()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var before = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.LateCallAsync(connection, hold, StoreOutages.DueAge);

        site.Store().Fail();
        hold.Release();

        Assert.Equal("called", await call);
        var sent = Assert.Single(hub.SentTo("/late"));
        Assert.NotEqual(before, sent);
        Assert.True(site.Emulator.Tokens.IsLive(sent));
    }

    // The process keeps the outcome of a refresh for ten minutes.
    [Fact(Timeout = 60_000)]
    public async Task Refresh_that_cannot_be_stored_is_stored_by_the_next_request()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(TestSite.TokenLifetime);
        site.Store().InsteadOfWrite = static () => Task.FromException(new IOException("The cache is unavailable."));

        Assert.Equal("called", await connection.CallAsync());
        site.Store().InsteadOfWrite = null;

        var token = (await browser.SessionAsync()).AccessToken;
        Assert.Equal(token, hub.Sent[^1]);
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
    }
}
