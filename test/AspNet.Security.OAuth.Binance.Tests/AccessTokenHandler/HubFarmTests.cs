using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// Hubs of two processes of a web farm share refreshes and the ends of sessions.
/// </summary>
public sealed class HubFarmTests
{
    private const string NoUser = "nobody is signed in";

    [Fact(Timeout = 60_000)]
    public async Task Session_that_one_process_ends_has_no_user_in_a_hub_of_another()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        Assert.Equal("called", await connection.CallAsync());

        await farm.First.EndAsync(await browser.IdAsync());

        Assert.Contains(NoUser, await connection.CallAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_that_one_process_refreshes_is_sent_by_a_hub_of_another()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var token = (await browser.SessionAsync()).AccessToken;

        Assert.Equal("called", await connection.CallAsync());

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
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        var sent = hub.Sent.Count;

        Assert.All(await Task.WhenAll(here.CallAsync(), there.CallAsync()), text => Assert.Equal("called", text));

        Assert.Equal(1, farm.First.RefreshCalls);
        Assert.Single(hub.Sent.Skip(sent).Distinct());
    }

    // The process that ends the session does not wait for the refresh of the other one, which revokes the new token.
    [Fact(Timeout = 60_000)]
    public async Task Session_that_another_process_ends_during_the_hub_s_refresh_is_not_restored()
    {
        var (hub, farm) = await HubSite.StartFarmAsync();
        using var api = hub.Api;
        await using var processes = farm;
        var browser = await farm.First.SignedInAsync();
        var id = await browser.IdAsync();
        await using var connection = await HubSite.ConnectAsync(farm.Second, browser);
        Assert.Equal("called", await connection.CallAsync());
        farm.First.Clock.Pass(TestSite.TokenLifetime);
        using var hold = farm.First.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var call = connection.CallAsync("late");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);

        // The session ends first. Its tokens are revoked after that.
        var waiting = farm.First.Clock.NextTimer(TimeSpan.FromSeconds(66));
        var end = farm.First.EndAsync(id);
        await waiting;
        hold.Release();

        Assert.Contains(NoUser, await call, StringComparison.Ordinal);
        await end;
        Assert.Empty(farm.First.Emulator.Tokens.AccessTokens);
        Assert.Single(farm.First.Revocations);
        Assert.Empty(farm.Store.Tickets());
    }
}
