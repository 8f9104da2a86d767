using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// A hub's connection outlives the access token: the token is refreshed once for all callers and stored, and an expired one is never sent.
/// </summary>
public sealed class HubRefreshTests
{
    public static TheoryData<HttpTransportType> Transports => HubMethodTests.Transports;

    [Fact(Timeout = 60_000)]
    public async Task Concurrent_hub_calls_and_requests_make_one_refresh_and_one_write()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Add(services
            => services.Configure<HubOptions>(options => options.MaximumParallelInvocationsPerClient = 20)));
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var one = await hub.ConnectAsync(browser);
        await using var other = await hub.ConnectAsync(browser);
        await Task.WhenAll(one.CallAsync("first"), other.CallAsync("first"));
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var (called, requested) = (hub.Events.Calls.Next(40), site.Requests.Next(20));

        var calls = Enumerable.Range(0, 20).SelectMany(_ => new[] { one.CallAsync("hub"), other.CallAsync("hub") }).ToArray();
        var pages = Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.SendAsync("/call?url=page"))).ToArray();
        await Task.WhenAll(called, requested, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));
        hold.Release();

        Assert.All(await Task.WhenAll(calls), text => Assert.Equal("called", text));
        Assert.All(await Task.WhenAll(pages), response => Assert.Equal("called", response.Body));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
        var token = Assert.Single(hub.SentTo("/hub").Concat(hub.SentTo("/page")).Distinct());
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(token));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task Connection_sends_a_valid_token_after_nine_hours(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        hub.Site.Clock.Pass(TimeSpan.FromHours(9));

        Assert.Equal("called", await connection.CallAsync());

        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.Equal(1, hub.Site.RefreshCalls);
        Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
        Assert.Equal(1, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_refreshes_each_hour()
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        for (var hour = 1; hour <= 9; hour++)
        {
            hub.Site.Clock.Pass(TestSite.TokenLifetime);

            Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Equal("called", text));

            Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
            Assert.Equal(hour, hub.Site.RefreshCalls);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_sends_the_token_that_a_request_has_refreshed()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        hub.Site.Clock.Pass(TestSite.TokenLifetime);
        var refreshed = (await browser.SessionAsync()).AccessToken;

        await connection.CallAsync();

        Assert.Equal(refreshed, hub.Sent[^1]);
        Assert.Equal(1, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_sent_after_two_seconds_and_the_new_one_is_stored_later()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var before = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.ShortlyWaitingCallAsync(connection, hold, StoreOutages.DueAge);

        site.Clock.Pass(StoreOutages.GoodWait);

        Assert.Equal("called", await call);
        Assert.Equal(before, hub.Sent[^1]);
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);
        Assert.Equal("called", await connection.CallAsync());
        Assert.NotEqual(before, hub.Sent[^1]);
        Assert.True(site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_that_expires_during_the_wait_is_not_sent()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.ShortlyWaitingCallAsync(connection, hold, TestSite.TokenLifetime - TimeSpan.FromSeconds(1));

        // The caller waits for the call in progress until BackchannelTimeout: eight of the ten seconds are left.
        var waitingOn = site.Clock.NextTimer(TimeSpan.FromSeconds(8));
        site.Clock.Pass(StoreOutages.GoodWait);
        await Task.WhenAny(waitingOn, call);
        hold.Release();

        Assert.Equal("called", await call);
        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(hub.SentTo("/late"))));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_is_sent_and_an_expired_one_is_not_without_AutomaticRefresh()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(StoreOutages.DueAge);
        Assert.Equal("called", await connection.CallAsync("due"));

        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Contains(nameof(BinanceAuthenticationOptions.AutomaticRefresh), await connection.CallAsync("expired"), StringComparison.Ordinal);
        Assert.Empty(hub.SentTo("/expired"));
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exception_names_SaveTokens_when_the_session_has_no_tokens()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());

        Assert.Contains(nameof(BinanceAuthenticationOptions.SaveTokens), await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Refresh_continues_when_its_caller_cancels()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.WithExpiredTokenAsync());
        await using var circuit = await hub.CircuitAsync(browser.Copy());
        var refreshes = site.RefreshCalls;
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = circuit.RunAsync(services => CalledApi.TextAsync(services, null, stop.Token));
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await hold.ReleaseUntilAsync(site.Store(), StoreCommand.Set);

        Assert.Equal("called", await circuit.CallAsync());
        Assert.Equal(refreshes + 1, site.RefreshCalls);
    }
}
