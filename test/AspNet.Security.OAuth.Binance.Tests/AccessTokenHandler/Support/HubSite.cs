using System.Collections.Concurrent;
using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.ServerSessions.Support;
using AspNet.Security.OAuth.Binance.Tests.WebFarm.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler.Support;

/// <summary>
/// A site with a hub, and with circuits, whose code calls an API with the user's token. Its sessions are on the server unless a test says otherwise.
/// </summary>
internal sealed class HubSite : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ClaimsPrincipal> _users = [];

    private HubSite()
    {
    }

    /// <summary>The API that is called.</summary>
    public CalledApi Api { get; } = new();

    public HubEvents Events { get; } = new();

    public TestSite Site { get; private set; } = null!;

    /// <summary>The access tokens that the API was sent, in the order of the calls.</summary>
    public IReadOnlyList<string> Sent => [.. Api.Sent.Select(authorization => authorization!["Bearer ".Length..])];

    /// <summary>The access tokens that were sent to a path of the API.</summary>
    public IEnumerable<string> SentTo(string path)
        => Api.Api.LogEntries.Where(entry => entry.RequestMessage!.Path == path)
            .Select(entry => entry.RequestMessage!.Headers!["Authorization"].Single()["Bearer ".Length..]);

    /// <summary>Starts a site with sessions on the server.</summary>
    public static Task<HubSite> StartAsync(Action<SiteSetup>? configure = null, Action<BinanceServerSessionsOptions>? sessions = null, params string[] cookies)
        => StartAsync(hub => ServerSite.StartAsync(setup => hub.AddTo(setup, configure), sessions, cookies));

    /// <summary>Starts a site with sessions in the cookie.</summary>
    public static Task<HubSite> StartWithSessionsInCookieAsync(Action<SiteSetup>? configure = null)
        => StartAsync(hub => TestSite.StartAsync(setup => hub.AddTo(setup, configure)));

    /// <summary>Starts two processes of a site with sessions on the server.</summary>
    public static async Task<(HubSite Hub, Farm Farm)> StartFarmAsync()
    {
        var hub = new HubSite();
        var farm = await ServerSite.StartFarmAsync(setup => hub.AddTo(setup, null));
        hub.Site = farm.First;
        return (hub, farm);
    }

    /// <summary>Opens a connection with the cookies that a browser has now.</summary>
    public Task<HubConnection> ConnectAsync(SiteBrowser browser, HttpTransportType transport = HttpTransportType.WebSockets)
        => ConnectAsync(Site, browser, transport);

    public static async Task<HubConnection> ConnectAsync(TestSite site, SiteBrowser browser, HttpTransportType transport = HttpTransportType.WebSockets)
    {
        var cookies = browser.CookieHeader();
        var connection = new HubConnectionBuilder()
            .WithUrl(new Uri(site.Address, "/hub"), options =>
            {
                options.Transports = transport;
                if (cookies.Length > 0)
                {
                    options.Headers["Cookie"] = cookies;
                }

                options.HttpMessageHandlerFactory = _ => site.CreateHandler();
                options.WebSocketFactory = async (context, cancellationToken) =>
                {
                    var client = site.Server.CreateWebSocketClient();
                    client.ConfigureRequest = request => request.Headers.Cookie = cookies;
                    return await client.ConnectAsync(context.Uri, cancellationToken);
                };
            })
            .Build();
        await connection.StartAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>The user of a request that a browser sends.</summary>
    public async Task<ClaimsPrincipal> UserAsync(SiteBrowser browser, string? cookie = null)
    {
        var name = Guid.NewGuid().ToString("N");
        await browser.GetAsync($"/user?name={name}&cookie={cookie}");
        return _users[name];
    }

    /// <summary>Opens a circuit of the user that a browser is signed in as.</summary>
    public async Task<TestCircuit> CircuitAsync(SiteBrowser browser, string? cookie = null) => new(Site, await UserAsync(browser, cookie));

    /// <summary>Begins a call some time after the connection, and waits until its refresh is held.</summary>
    public async Task<Task<string>> LateCallAsync(HubConnection connection, EmulatorHold hold, TimeSpan age)
    {
        await Events.Connected.Task;
        Site.Clock.Pass(age);
        var call = connection.CallAsync("late");
        await hold.WaitForCallsAsync(1, TestContext.Current.CancellationToken);
        return call;
    }

    /// <summary>The same with an access token that is valid: the call waits shortly for the refresh.</summary>
    public async Task<Task<string>> ShortlyWaitingCallAsync(HubConnection connection, EmulatorHold hold, TimeSpan age)
    {
        var waiting = Site.Clock.NextTimer(StoreOutages.GoodWait);
        var call = await LateCallAsync(connection, hold, age);
        await waiting;
        return call;
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        Api.Dispose();
    }

    private static async Task<HubSite> StartAsync(Func<HubSite, Task<TestSite>> start)
    {
        var hub = new HubSite();
        hub.Site = await start(hub);
        return hub;
    }

    private void AddTo(SiteSetup setup, Action<SiteSetup>? configure)
    {
        Api.AddTo(setup);
        setup.Add(services =>
        {
            services.AddRouting().AddAuthorization().AddSignalR();
            services.AddSingleton(Events).AddScoped<AuthenticationStateProvider, FixedUser>();
        });
        setup.Pages["/user"] = async context => _users[context.Request.Query["name"]!] = context.Request.Query["cookie"] is [{ Length: > 0 } cookie]
            ? (await context.AuthenticateAsync(cookie)).Principal ?? new ClaimsPrincipal()
            : context.User;
        setup.AfterAuthentication = static app => app.UseRouting().UseAuthorization().UseEndpoints(static endpoints => endpoints.MapHub<CallingHub>("/hub"));
        configure?.Invoke(setup);
    }
}
