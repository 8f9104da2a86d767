using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

/// <summary>
/// A hub's connection outlives the access token: it is refreshed once for everybody, written to the store, and an expired one is never sent.
/// </summary>
public sealed class HubRefreshTests
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(2);

    // The tokens are due, and good for four more minutes.
    private static readonly TimeSpan _due = TimeSpan.FromMinutes(56);

    public static TheoryData<HttpTransportType> Transports => HubMethodTests.Transports;

    [Fact(Timeout = 60_000)]
    public async Task A_crowd_of_calls_and_requests_makes_one_refresh_and_one_write()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Add(services
            => services.Configure<HubOptions>(options => options.MaximumParallelInvocationsPerClient = 20)));
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var one = await hub.ConnectAsync(browser);
        await using var other = await hub.ConnectAsync(browser);
        await Task.WhenAll(one.CallAsync("begun"), other.CallAsync("begun"));
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var (called, requested) = (hub.Events.Calls.Next(40), site.Requests.Next(20));

        var calls = Enumerable.Range(0, 20).SelectMany(_ => new[] { one.CallAsync("hub"), other.CallAsync("hub") }).ToArray();
        var pages = Enumerable.Range(0, 20).Select(_ => Task.Run(() => browser.SendAsync("/call?url=page"))).ToArray();
        await Task.WhenAll(called, requested, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));
        hold.Release();

        Assert.All(await Task.WhenAll(calls), text => Assert.Equal("answered", text));
        Assert.All(await Task.WhenAll(pages), answer => Assert.Equal("answered", answer.Body));
        Assert.Equal(1, hold.Arrived);
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
        var token = Assert.Single(SentTo(hub, "/hub").Concat(SentTo(hub, "/page")).Distinct());
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
        Assert.True(site.Emulator.Tokens.IsLive(token));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Transports))]
    public async Task A_connection_of_nine_hours_sends_a_token_that_is_good(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        hub.Site.Clock.Pass(TimeSpan.FromHours(9));

        Assert.Equal("answered", await connection.CallAsync());

        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.Equal(1, hub.Site.RefreshCalls);
        Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
        Assert.Equal(1, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_refreshes_each_hour()
    {
        await using var hub = await HubSite.StartAsync();
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        for (var hour = 1; hour <= 9; hour++)
        {
            hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);

            Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Equal("answered", text));

            Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
            Assert.Equal(hour, hub.Site.RefreshCalls);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_token_that_a_request_has_refreshed_is_sent()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);
        var refreshed = (await browser.SessionAsync()).AccessToken;

        await connection.CallAsync();

        Assert.Equal(refreshed, hub.Sent[^1]);
        Assert.Equal(1, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_good_token_is_sent_after_two_seconds_and_the_new_one_is_written_later()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var before = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(_due);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var waiting = site.Clock.NextTimer(_wait);
        var call = connection.CallAsync();
        await Task.WhenAll(waiting, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));

        site.Clock.Pass(_wait);

        Assert.Equal("answered", await call);
        Assert.Equal(before, hub.Sent[^1]);
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;
        Assert.Equal("answered", await connection.CallAsync());
        Assert.NotEqual(before, hub.Sent[^1]);
        Assert.True(site.Emulator.Tokens.IsLive(hub.Sent[^1]));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_token_that_expires_during_the_wait_is_not_sent()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime - TimeSpan.FromSeconds(1));
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var waiting = site.Clock.NextTimer(_wait);
        var call = connection.CallAsync("late");
        await Task.WhenAll(waiting, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));

        // The call that is under way is waited for, for what is left of its ten seconds.
        var waitingOn = site.Clock.NextTimer(TimeSpan.FromSeconds(8));
        site.Clock.Pass(_wait);
        await Task.WhenAny(waitingOn, call);
        hold.Release();

        Assert.Equal("answered", await call);
        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(SentTo(hub, "/late"))));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task While_binance_is_unavailable_a_good_token_is_sent_and_an_expired_one_is_not()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var before = (await browser.SessionAsync()).AccessToken;
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Emulator.Faults.Next(EmulatorEndpoint.Token, EmulatorFault.Status(503), times: 2);

        site.Clock.Pass(_due);
        Assert.Equal("answered", await connection.CallAsync("due"));
        Assert.Equal(before, Assert.Single(SentTo(hub, "/due")));

        site.Clock.Pass(TimeSpan.FromMinutes(4));
        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await connection.CallAsync("expired"));
        Assert.Empty(SentTo(hub, "/expired"));

        site.Clock.Pass(TimeSpan.FromSeconds(30));
        Assert.Equal("answered", await connection.CallAsync("after"));
        Assert.True(site.Emulator.Tokens.IsLive(Assert.Single(SentTo(hub, "/after"))));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refresh_that_takes_too_long_is_a_failure_and_its_token_is_sent_later()
    {
        await using var hub = await HubSite.StartAsync();
        var site = hub.Site;
        await using var connection = await hub.ConnectAsync(await site.SignedInAsync());
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var waiting = site.Clock.NextTimer(TimeSpan.FromSeconds(10));
        var call = connection.CallAsync("slow");
        await Task.WhenAll(waiting, hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken));

        site.Clock.Pass(TimeSpan.FromSeconds(10));

        Assert.Equal($"failure: {BinanceFailure.Timeout}", await call);
        Assert.Empty(SentTo(hub, "/slow"));
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;
        Assert.Equal("answered", await connection.CallAsync("slow"));
        Assert.Equal(1, site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task While_the_cache_is_unavailable_nothing_is_sent_and_afterwards_everything_is_as_before()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Store().Fail();

        Assert.Equal($"failure: {BinanceFailure.Unavailable}", await connection.CallAsync("away"));
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Equal($"failure: {BinanceFailure.Unavailable}", text));

        Assert.Single(hub.Sent);
        site.Store().Recover();
        Assert.Equal("answered", await connection.CallAsync());
        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal((await browser.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    // The tokens are known to this process for ten minutes.
    [Fact(Timeout = 60_000)]
    public async Task A_refresh_that_cannot_be_written_is_written_by_the_next_request()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        site.Store().InsteadOfWrite = static () => Task.FromException(new IOException("The cache is away."));

        Assert.Equal("answered", await connection.CallAsync());
        site.Store().InsteadOfWrite = null;

        var token = (await browser.SessionAsync()).AccessToken;
        Assert.Equal(token, hub.Sent[^1]);
        Assert.Equal(1, site.RefreshCalls);
        site.Clock.Pass(TimeSpan.FromMinutes(11));
        Assert.Equal(token, (await browser.SessionAsync()).AccessToken);
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_automatic_refresh_a_good_token_is_sent_and_an_expired_one_is_not()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Binance = options => options.AutomaticRefresh = false);
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());
        hub.Site.Clock.Pass(_due);
        Assert.Equal("answered", await connection.CallAsync("due"));

        hub.Site.Clock.Pass(TimeSpan.FromMinutes(4));

        Assert.Contains(nameof(BinanceAuthenticationOptions.AutomaticRefresh), await connection.CallAsync("expired"), StringComparison.Ordinal);
        Assert.Empty(SentTo(hub, "/expired"));
        Assert.Equal(0, hub.Site.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_without_tokens_says_which_option_keeps_them()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Binance = options
            => (options.SaveTokens, options.AutomaticRefresh, options.RevokeOnSignOut) = (false, false, false));
        await using var connection = await hub.ConnectAsync(await hub.Site.SignedInAsync());

        Assert.Contains(nameof(BinanceAuthenticationOptions.SaveTokens), await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_caller_that_stops_waiting_leaves_the_refresh_to_the_others()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.WithExpiredTokenAsync());
        await using var circuit = await hub.CircuitAsync(browser.Copy());
        var refreshes = site.RefreshCalls;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var call = circuit.RunAsync(services => CallingSite.TextAsync(services, null, stop.Token));
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        var written = site.Store().Commands.Next(StoreCommand.Set, ServerSite.Ticket);
        hold.Release();
        await written;

        Assert.Equal("answered", await circuit.CallAsync());
        Assert.Equal(refreshes + 1, site.RefreshCalls);
    }

    private static IEnumerable<string> SentTo(HubSite hub, string path)
        => hub.Api.Api.LogEntries.Where(entry => entry.RequestMessage!.Path == path)
            .Select(entry => entry.RequestMessage!.Headers!["Authorization"].Single()["Bearer ".Length..]);
}
