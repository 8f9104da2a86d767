using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

/// <summary>
/// A session ends while a hub's connection of it is open: from then on its user is nobody there, and nothing is sent.
/// </summary>
public sealed class HubSessionEndTests
{
    private const string Nobody = "nobody is signed in";

    public static TheoryData<string> Ends => ["one", "all", "tab", "refused", "lifetime", "lost"];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ends))]
    public async Task Whoever_is_signed_out_is_nobody_in_an_open_connection(string end)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        Assert.Equal("answered", await connection.CallAsync());
        var sent = hub.Sent.Count;

        await EndAsync(hub.Site, browser.Copy(), end);

        Assert.Contains(Nobody, await connection.CallAsync(), StringComparison.Ordinal);
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Contains(Nobody, text, StringComparison.Ordinal));
        await connection.StopAsync(TestContext.Current.CancellationToken);
        Assert.Contains(Nobody, await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(sent, hub.Sent.Count);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_method_has_begun_is_nobody_s_when_the_connection_is_closed()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        await connection.InvokeCoreAsync(nameof(CallingHub.Begin), [], TestContext.Current.CancellationToken);
        await connection.StopAsync(TestContext.Current.CancellationToken);
        await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken);
        var sent = hub.Sent.Count;

        hub.Events.Resumed.SetResult(hub.Site.Services);

        Assert.Contains(Nobody, await hub.Events.Stopped.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(sent, hub.Sent.Count);
    }

    // Each message and each poll of these is a request of its own, which SignalR may refuse as somebody else's.
    [Theory(Timeout = 60_000)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Nothing_is_sent_over_other_transports_either(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        Assert.Equal("answered", await connection.CallAsync());
        var sent = hub.Sent.Count;
        await EndAsync(hub.Site, browser, "one");

        string? text = null;
        try
        {
            text = await connection.CallAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or HubException or InvalidOperationException or OperationCanceledException)
        {
            // Refused.
        }

        Assert.True(text is null || text.Contains(Nobody, StringComparison.Ordinal), text);
        Assert.Equal(sent, hub.Sent.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task The_connection_of_the_user_s_other_session_goes_on()
    {
        await using var hub = await HubSite.StartAsync();
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(other);

        await EndAsync(hub.Site, browser, "one");

        Assert.Equal("answered", await connection.CallAsync());
        Assert.Equal((await other.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_connection_of_before_a_sign_in_over_it_is_nobody_s_and_refreshes_nothing()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        await browser.SignInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        hub.Site.Clock.Pass(LifetimeSite.TokenLifetime);

        Assert.Contains(Nobody, await connection.CallAsync("before"), StringComparison.Ordinal);

        Assert.Equal(0, hub.Site.RefreshCalls);
        await using var next = await hub.ConnectAsync(browser);
        Assert.Equal("answered", await next.CallAsync());
        Assert.NotEqual(token, hub.Sent[^1]);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_that_ends_during_the_connection_s_refresh_is_not_brought_back(bool all)
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var id = await browser.IdAsync();
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = connection.CallAsync("late");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        var ended = site.Store().Commands.Next(StoreCommand.Remove, ServerSite.Ticket);
        var ending = all ? site.EndAllAsync() : site.EndAsync(id);
        await ended;
        hold.Release();
        await ending;

        Assert.Contains(Nobody, await call, StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Empty(site.Store().Tickets());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_sign_out_of_the_browser_during_the_connection_s_refresh_leaves_no_token()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = connection.CallAsync("late");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        var copy = browser.Copy();
        var arrived = site.Requests.Next(1);

        var signOut = browser.SendAsync("/sign-out");
        await arrived;
        hold.Release();
        browser.Receive(await signOut);
        await call;

        Assert.False(browser.HasSession);
        Assert.Equal(1, hold.Arrived);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(site.Store().Tickets());
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Contains(Nobody, await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_one_process_has_ended_is_nobody_in_a_hub_of_another()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        Assert.Equal("answered", await connection.CallAsync());

        await farm.First.EndAsync(await browser.IdAsync());

        Assert.Contains(Nobody, await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_one_process_has_refreshed_is_sent_by_a_hub_of_another()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        var token = (await browser.SessionAsync()).AccessToken;

        Assert.Equal("answered", await connection.CallAsync());

        Assert.Equal(token, hub.Sent[^1]);
        Assert.Equal(1, farm.First.RefreshCalls);
    }

    [Fact(Timeout = 60_000)]
    public async Task Hubs_of_two_processes_refresh_once()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        await using var here = await HubSite.ConnectAsync(farm.First, browser);
        await using var there = await HubSite.ConnectAsync(farm.Second, browser);
        await Task.WhenAll(here.CallAsync(), there.CallAsync());
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        var sent = hub.Sent.Count;

        Assert.All(await Task.WhenAll(here.CallAsync(), there.CallAsync()), text => Assert.Equal("answered", text));

        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(hub.Sent.Skip(sent).Distinct());
    }

    // A session that one process ends during another one's refresh: nobody waits for it there, and the other one revokes what it brings.
    [Fact(Timeout = 60_000)]
    public async Task What_another_process_has_ended_during_a_refresh_is_not_brought_back()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        var id = await browser.IdAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        Assert.Equal("answered", await connection.CallAsync());
        farm.First.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = connection.CallAsync("late");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        // The session ends first, and its tokens are revoked then.
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var end = farm.First.EndAsync(id);
        await waiting;
        hold.Release();

        Assert.Contains(Nobody, await call, StringComparison.Ordinal);
        await end;
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.Single(farm.First.Revocations);
        Assert.Empty(farm.Store.Tickets());
    }

    private static async Task EndAsync(LifetimeSite site, LifetimeBrowser browser, string end)
    {
        switch (end)
        {
            case "one":
                Assert.True(await site.EndAsync(await browser.IdAsync()));
                break;

            case "all":
                await site.EndAllAsync();
                break;

            case "tab":
                await browser.GetAsync("/sign-out");
                break;

            case "refused":
                site.Emulator.Tokens.RevokeAll();
                site.Clock.Pass(LifetimeSite.TokenLifetime);
                break;

            case "lifetime":
                site.Clock.Pass(TimeSpan.FromDays(15));
                break;

            default:
                site.Store().Lose();
                break;
        }
    }
}
