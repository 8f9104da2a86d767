using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// A session ends while a hub's connection of it is open: from then on the connection has no user, and no token is sent.
/// </summary>
public sealed class HubSessionEndTests
{
    private const string NoUser = "nobody is signed in";

    public static TheoryData<string> Ends => ["one", "all", "tab", "refused", "lifetime", "lost"];

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Ends))]
    public async Task Open_connection_has_no_user_after_its_session_has_ended(string end)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        Assert.Equal("called", await connection.CallAsync());
        var sent = hub.Sent.Count;

        await EndAsync(hub.Site, browser.Copy(), end);

        Assert.Contains(NoUser, await connection.CallAsync(), StringComparison.Ordinal);
        Assert.All(await connection.ReadAsync(nameof(CallingHub.Texts)), text => Assert.Contains(NoUser, text, StringComparison.Ordinal));
        await connection.StopAsync(TestContext.Current.CancellationToken);
        Assert.Contains(NoUser, await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(sent, hub.Sent.Count);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task Background_work_of_a_hub_method_has_no_user_after_the_connection_is_closed()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        await connection.InvokeCoreAsync(nameof(CallingHub.Begin), [], TestContext.Current.CancellationToken);
        await connection.StopAsync(TestContext.Current.CancellationToken);
        await hub.Events.Disconnected.Task.WaitAsync(TestContext.Current.CancellationToken);
        var sent = hub.Sent.Count;

        hub.Events.Resumed.SetResult(hub.Site.Services);

        Assert.Contains(NoUser, await hub.Events.Stopped.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Equal(sent, hub.Sent.Count);
    }

    // Each message and each poll of these transports is a separate request, which SignalR refuses when its user differs from the connection's.
    [Theory(Timeout = 60_000)]
    [InlineData(HttpTransportType.ServerSentEvents)]
    [InlineData(HttpTransportType.LongPolling)]
    public async Task Open_connection_of_other_transports_sends_nothing_after_its_session_has_ended(HttpTransportType transport)
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser, transport);
        Assert.Equal("called", await connection.CallAsync());
        var sent = hub.Sent.Count;
        await EndAsync(hub.Site, browser, "one");

        string? text = null;
        try
        {
            text = await connection.CallAsync();
        }
        catch (Exception exception) when (exception is HttpRequestException or HubException or InvalidOperationException or OperationCanceledException)
        {
            // SignalR refused the request.
        }

        Assert.True(text is null || text.Contains(NoUser, StringComparison.Ordinal), text);
        Assert.Equal(sent, hub.Sent.Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_of_another_session_of_the_user_keeps_its_token()
    {
        await using var hub = await HubSite.StartAsync();
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(other);

        await EndAsync(hub.Site, browser, "one");

        Assert.Equal("called", await connection.CallAsync());
        Assert.Equal((await other.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Connection_has_no_user_after_its_session_was_replaced_by_a_new_sign_in()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        await browser.SignInAsync();
        var token = (await browser.SessionAsync()).AccessToken;
        hub.Site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Contains(NoUser, await connection.CallAsync("before"), StringComparison.Ordinal);

        Assert.Equal(0, hub.Site.RefreshCalls);
        await using var next = await hub.ConnectAsync(browser);
        Assert.Equal("called", await next.CallAsync());
        Assert.NotEqual(token, hub.Sent[^1]);
        Assert.True(hub.Site.Emulator.Tokens.IsLive(hub.Sent[^1]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Session_that_ends_during_the_hub_s_refresh_is_not_restored(bool all)
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var id = await browser.IdAsync();
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.LateCallAsync(connection, hold, TestSite.TokenLifetime);

        var ended = site.Store().Commands.Next(StoreCommand.Remove, ServerSite.Ticket);
        var ending = all ? site.EndAllAsync() : site.EndAsync(id);
        await ended;
        hold.Release();
        await ending;

        Assert.Contains(NoUser, await call, StringComparison.Ordinal);
        Assert.Single(hub.Sent);
        Assert.Empty(site.Store().Tickets());
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.False((await browser.SessionAsync()).SignedIn);
    }

    [Fact(Timeout = 60_000)]
    public async Task Sign_out_during_the_hub_s_refresh_leaves_no_live_token()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.LateCallAsync(connection, hold, TestSite.TokenLifetime);
        var copy = browser.Copy();

        await browser.SignOutDuringAsync(site, hold);
        await call;

        Assert.False(browser.HasSessionCookie);
        Assert.Equal(1, hold.Arrived);
        Assert.Empty(site.Emulator.Tokens.AccessTokens);
        Assert.Empty(site.Store().Tickets());
        Assert.False((await copy.SessionAsync()).SignedIn);
        Assert.Contains(NoUser, await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Good_token_of_a_session_that_ends_during_the_wait_for_a_refresh_is_not_sent()
    {
        await using var hub = await HubSite.StartAsync(setup => setup.Binance = options => options.RevokeOnSignOut = false);
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        var id = await browser.IdAsync();
        await using var connection = await hub.ConnectAsync(browser);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = await hub.ShortlyWaitingCallAsync(connection, hold, StoreOutages.DueAge);

        Assert.True(await site.EndAsync(id));
        site.Clock.Pass(StoreOutages.GoodWait);

        Assert.Contains(NoUser, await call, StringComparison.Ordinal);
        Assert.Empty(hub.SentTo("/late"));
    }

    private static async Task EndAsync(TestSite site, SiteBrowser browser, string end)
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
                site.Clock.Pass(TestSite.TokenLifetime);
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
