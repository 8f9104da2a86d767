using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// In a Blazor circuit the API is called with the token of the circuit's user: in the circuit's activities and in the work that they start, and nowhere else.
/// </summary>
public sealed class CircuitTokenTests
{
    private const string NoUser = "nobody is signed in";

    [Fact(Timeout = 60_000)]
    public async Task Activity_of_a_circuit_sends_the_token_of_its_user()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);

        Assert.Equal("called", await circuit.CallAsync());

        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent));
    }

    [Fact(Timeout = 60_000)]
    public async Task Background_work_of_an_activity_sends_the_token_after_the_activity_has_returned()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);
        var tick = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<string>[] begun = await circuit.RunAsync(services => Task.FromResult<Task<string>[]>(
            [AfterAsync(services), Task.Run(() => AfterAsync(services)), Task.Run(async () => await Task.Run(() => AfterAsync(services)).ConfigureAwait(false))]));

        tick.SetResult();

        Assert.All(await Task.WhenAll(begun), text => Assert.Equal("called", text));
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent.Distinct()));

        async Task<string> AfterAsync(IServiceProvider services)
        {
            await tick.Task;
            await Task.Yield();
            return await CalledApi.TextAsync(services);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Token_is_not_sent_outside_of_the_activity_or_by_other_circuits()
    {
        await using var hub = await HubSite.StartAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());
        await using var visitor = await hub.CircuitAsync(hub.Site.Browser());
        var during = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var running = circuit.RunAsync(async services =>
        {
            await during.Task;
            return await CalledApi.TextAsync(services);
        });

        Assert.Contains("there is no request", await CalledApi.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains(NoUser, await visitor.CallAsync(), StringComparison.Ordinal);
        during.SetResult();
        Assert.Equal("called", await running);
        Assert.Contains(NoUser, await visitor.CallAsync(), StringComparison.Ordinal);
        Assert.Contains("there is no request", await CalledApi.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_activity_leaves_no_user_in_the_execution_context()
    {
        await using var hub = await HubSite.StartAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());

        await Assert.ThrowsAsync<FormatException>(() => circuit.RunAsync<string>(_ => throw new FormatException()));
        await Assert.ThrowsAsync<FormatException>(() => circuit.RunAsync<string>(async _ =>
        {
            await Task.Yield();
            throw new FormatException();
        }));

        Assert.Contains("there is no request", await CalledApi.TextAsync(hub.Site.Services, null, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Concurrent_circuits_of_different_users_send_their_own_tokens()
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
            Assert.Equal("called", await circuit.CallAsync($"of/{call % circuits.Count}"));
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
    public async Task Circuit_sends_the_token_of_its_current_user()
    {
        await using var hub = await HubSite.StartAsync();
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var circuit = await hub.CircuitAsync(browser);
        Assert.Equal("called", await circuit.CallAsync());

        circuit.User = new ClaimsPrincipal(new ClaimsIdentity());
        Assert.Contains(NoUser, await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Single(hub.Sent);

        circuit.User = await hub.UserAsync(other);
        Assert.Equal("called", await circuit.CallAsync());
        Assert.Equal((await other.SessionAsync()).AccessToken, hub.Sent[^1]);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Background_work_has_no_user_after_the_circuit_has_ended(bool disposed)
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

        Assert.Contains(NoUser, await loop, StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
        await circuit.DisposeAsync();

        async Task<string> LoopAsync()
        {
            await closed.Task;
            return await CalledApi.TextAsync(hub.Site.Services);
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Exception_says_that_Binance_refused_the_refresh_of_a_session_that_goes_on()
    {
        await using var hub = await HubSite.StartAsync(static setup => setup.Binance = static options => options.EndSessionWhenRefused = false);
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);
        hub.Site.Emulator.Tokens.RevokeAll();
        hub.Site.Clock.Pass(TestSite.TokenLifetime);

        Assert.Contains("refused", await circuit.CallAsync(), StringComparison.Ordinal);

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exception_names_AddBinanceServerSessions_when_sessions_are_in_the_cookie()
    {
        await using var hub = await HubSite.StartWithSessionsInCookieAsync();
        await using var circuit = await hub.CircuitAsync(await hub.Site.SignedInAsync());
        await using var visitor = await hub.CircuitAsync(hub.Site.Browser());

        Assert.Contains("AddBinanceServerSessions", await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Contains(NoUser, await visitor.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }

    [Fact(Timeout = 60_000)]
    public async Task Circuits_a_hub_and_requests_refresh_once()
    {
        await using var hub = await HubSite.StartAsync();
        var (site, browser) = (hub.Site, await hub.Site.SignedInAsync());
        await using var one = await hub.CircuitAsync(browser);
        await using var other = await hub.CircuitAsync(browser);
        await using var connection = await hub.ConnectAsync(browser);
        await hub.Events.Connected.Task;
        site.Clock.Pass(TestSite.TokenLifetime);
        using var hold = site.Emulator.Faults.Hold(EmulatorEndpoint.Token);
        var arrived = site.Requests.Next(20);

        Task<string>[] calls = [one.CallAsync(), other.CallAsync(), connection.CallAsync()];
        var pages = browser.SendManyAsync(20);
        await arrived;
        hold.Release();

        Assert.All(await Task.WhenAll(calls), text => Assert.Equal("called", text));
        var token = Assert.Single((await pages).Select(response => response.Session.AccessToken).Distinct());
        Assert.All(hub.Sent.Skip(1), sent => Assert.Equal(token, sent));
        Assert.Equal(1, site.RefreshCalls);
        Assert.Equal(2, site.Store().TicketWrites().Count);
    }

    [Fact(Timeout = 60_000)]
    public async Task User_of_the_circuit_takes_precedence_over_that_of_the_request()
    {
        var begun = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        TestCircuit? circuit = null;
        await using var hub = await HubSite.StartAsync(setup => setup.Pages["/connect"] = async _ => begun.SetResult(await circuit!.CallAsync()));
        var (browser, other) = (await hub.Site.SignedInAsync(), await hub.Site.SignedInAsync());
        await using var opened = circuit = await hub.CircuitAsync(browser);

        // Over WebSockets the HTTP request that opened the connection is present too. Here another user sends it, to distinguish the two.
        await other.GetAsync("/connect");

        Assert.Equal("called", await begun.Task);
        Assert.Equal((await browser.SessionAsync()).AccessToken, Assert.Single(hub.Sent));
    }

    [Fact(Timeout = 60_000)]
    public async Task Circuit_has_no_user_after_its_session_has_ended()
    {
        await using var hub = await HubSite.StartAsync();
        var browser = await hub.Site.SignedInAsync();
        await using var circuit = await hub.CircuitAsync(browser);
        await hub.Site.EndAsync(await browser.IdAsync());

        Assert.Contains(NoUser, await circuit.CallAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
    }
}
