using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions;

namespace AspNet.Security.OAuth.Binance.Tests.HttpClients;

/// <summary>
/// In a Blazor circuit the API is called with the token of the circuit's user, in what the browser causes and in what that has begun, and nowhere else.
/// </summary>
public sealed class CircuitTokenTests
{
    private const string Nobody = "nobody is signed in";

    [Fact(Timeout = 60_000)]
    public async Task What_the_browser_causes_has_the_user_s_token()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);

        Assert.Equal("answered", await circuit.CallAsync());

        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent));
    }

    [Fact(Timeout = 60_000)]
    public async Task So_has_what_it_has_begun_after_it_has_returned()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);
        var tick = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string>[] begun = await circuit.RunAsync(services => Task.FromResult<Task<string>[]>(
            [AfterAsync(services), Task.Run(() => AfterAsync(services)), Task.Run(async () => await Task.Run(() => AfterAsync(services)).ConfigureAwait(false))]));

        tick.SetResult();

        Assert.All(await Task.WhenAll(begun), text => Assert.Equal("answered", text));
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent.Distinct()));

        async Task<string> AfterAsync(IServiceProvider services)
        {
            await tick.Task;
            await Task.Yield();
            return await CallingSite.TextAsync(services);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task What_comes_after_it_and_other_circuits_have_none_of_it()
    {
        await using var hub = await HubSite.StartAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());
        await using var visitor = await hub.CircuitAsync(hub.Site.Browser());
        var during = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var running = circuit.RunAsync(async services =>
        {
            await during.Task;
            return await CallingSite.TextAsync(services);
        });

        Assert.Contains("there is no request", await CallingSite.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(Nobody, await visitor.CallAsync(), StringComparison.Ordinal);
        during.SetResult();
        Assert.Equal("answered", await running);
        Assert.Contains(Nobody, await visitor.CallAsync(), StringComparison.Ordinal);
        Assert.Contains("there is no request", await CallingSite.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_activity_that_fails_leaves_nothing_behind()
    {
        await using var hub = await HubSite.StartAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());

        await Assert.ThrowsAsync<FormatException>(() => circuit.RunAsync<string>(_ => throw new FormatException()));
        await Assert.ThrowsAsync<FormatException>(() => circuit.RunAsync<string>(async _ =>
        {
            await Task.Yield();
            throw new FormatException();
        }));

        Assert.Contains("there is no request", await CallingSite.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Circuits_of_different_users_at_once_never_mix()
    {
        await using var hub = await HubSite.StartAsync();
        var circuits = new List<(TestCircuit Circuit, string? Token)>();
        for (var user = 0; user < 8; user++)
        {
            var browser = await hub.Site.SignedInAsync();
            circuits.Add((await hub.CircuitAsync(browser), (await browser.SessionAsync()).AccessToken));
        }

        await Parallel.ForAsync(0, 160, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = TestContext.Current.CancellationToken }, async (call, _) =>
        {
            var (circuit, token) = circuits[call % circuits.Count];
            Assert.Equal("answered", await circuit.CallAsync($"of/{call % circuits.Count}"));
        });

        Assert.Equal(160, hub.Sent.Count);
        Assert.All(hub.Api.Api.LogEntries, entry => Assert.Equal(
            "Bearer " + circuits[entry.RequestMessage!.Path[^1] - '0'].Token, entry.RequestMessage.Headers!["Authorization"].Single()));
        foreach (var (circuit, _) in circuits)
        {
            await circuit.DisposeAsync();
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task The_user_that_the_circuit_shows_now_counts()
    {
        await using var hub = await HubSite.StartAsync();
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var circuit = await hub.CircuitAsync(browser);
        Assert.Equal("answered", await circuit.CallAsync());

        circuit.User = new ClaimsPrincipal(new ClaimsIdentity());
        Assert.Contains(Nobody, await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);

        circuit.User = await hub.UserAsync(other);
        Assert.Equal("answered", await circuit.CallAsync());
        Assert.Equal((await other.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_goes_on_without_the_circuit_is_nobody_s(bool disposed)
    {
        await using var hub = await HubSite.StartAsync();
        var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loop = await circuit.RunAsync(_ => Task.FromResult(LoopAsync()));

        if (disposed)
        {
            await circuit.DisposeAsync();
        }
        else
        {
            await circuit.CloseAsync();
        }

        closed.SetResult();

        Assert.Contains(Nobody, await loop, StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
        await circuit.DisposeAsync();

        async Task<string> LoopAsync()
        {
            await closed.Task;
            return await CallingSite.TextAsync(hub.Site.Services);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Without_sessions_on_the_server_the_exception_names_what_keeps_them_there()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());
        await using var visitor = await hub.CircuitAsync(hub.Site.Browser());

        Assert.Contains("AddBinanceServerSessions", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Contains(Nobody, await visitor.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_circuits_a_hub_and_twenty_requests_refresh_once()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var one = await hub.CircuitAsync(browser);
        await using var other = await hub.CircuitAsync(browser);
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(LifetimeSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var arrived = site.Requests.Next(20);

        Task<string>[] calls = [one.CallAsync(), other.CallAsync(), connection.CallAsync()];
        var pages = browser.SendManyAsync(20);
        await arrived;
        hold.Release();

        Assert.All(await Task.WhenAll(calls), text => Assert.Equal("answered", text));
        var token = Assert.Single((await pages).Select(answer => answer.Session.AccessToken).Distinct());
        Assert.All(hub.Sent.Skip(1), sent => Assert.Equal(token, sent));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_before_the_circuit_is_not_the_user_in_it()
    {
        var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        TestCircuit? circuit = null;
        await using var hub = await HubSite.StartAsync(setup => setup.Pages["/connect"] = async _ => begun.SetResult(await circuit!.CallAsync()));
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var opened = circuit = await hub.CircuitAsync(browser);

        // Over WebSockets there is a request besides: that which began the connection. Here it is somebody else's, to tell the two apart.
        await other.GetAsync("/connect");

        Assert.Equal("answered", await begun.Task);
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_user_whose_session_was_ended_is_nobody()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);
        await hub.Site.EndAsync(await browser.IdAsync());

        Assert.Contains(Nobody, await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }
}
