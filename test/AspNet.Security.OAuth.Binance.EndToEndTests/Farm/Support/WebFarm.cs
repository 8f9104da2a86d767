using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Three processes of the sample with one Redis, optionally one PostgreSQL, and one emulator. The system chooses the ports.
/// </summary>
internal sealed class WebFarm : IAsyncDisposable
{
    public const string ClientSecret = "secret-of-the-farm-client";
    public const string Host = "www.example.com";

    /// <summary>The timeout of a test in milliseconds.</summary>
    public const int Timeout = 120_000;

    /// <summary>The setting that keeps the sessions in Redis, and a key in the cookie.</summary>
    public static readonly (string Key, string Value) SessionsOnServer = ("Sessions:OnServer", "true");

    private const string ClientId = "farm-client";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly List<FarmSite> _sites = [];

    private SessionTickets? _tickets;

    private WebFarm(BinanceEmulator binance, RedisServer redis, PostgresServer? postgres)
        => (Binance, Redis, Postgres) = (binance, redis, postgres);

    public BinanceEmulator Binance { get; }

    public RedisServer Redis { get; }

    /// <summary>The server of the lock, if it is not Redis.</summary>
    public PostgresServer? Postgres { get; }

    public IReadOnlyList<FarmSite> Sites => _sites;

    /// <summary>Reads and writes the sessions of this farm.</summary>
    public SessionTickets Tickets => _tickets!;

    /// <summary>The number of refresh calls since the emulator's journal was cleared.</summary>
    public int RefreshCalls => Binance.Requests.To(EmulatorEndpoint.Token).Count(request => request.GrantType == "refresh_token");

    /// <summary>The setting of where the sessions are kept.</summary>
    public static (string Key, string Value) Sessions(bool onServer) => onServer ? SessionsOnServer : (SessionsOnServer.Key, "false");

    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="settings">More settings for the processes.</param>
    public static Task<WebFarm> StartAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
        => StartAsync(LockStore.Redis, cancellationToken, settings);

    /// <param name="lockStore">Where the lock is.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <param name="settings">More settings for the processes.</param>
    public static async Task<WebFarm> StartAsync(LockStore lockStore, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var redis = await RedisServer.StartAsync(cancellationToken);
        var farm = await StartStoresAsync(redis, lockStore, cancellationToken);
        try
        {
            farm.AddClient();

            // The first one alone, because it creates the data-protection key. Concurrent processes on an empty Redis create one each.
            farm._sites.Add(await farm.StartSiteAsync(cancellationToken, settings));
            farm._sites.AddRange(await Task.WhenAll(
                farm.StartSiteAsync(cancellationToken, settings), farm.StartSiteAsync(cancellationToken, settings)));
            farm._tickets = await SessionTickets.ConnectAsync(redis, settings.Contains(SessionsOnServer));
            return farm;
        }
        catch
        {
            await farm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more process, which the caller disposes of.</summary>
    public Task<FarmSite> StartSiteAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        const string Scheme = "Authentication:Schemes:Binance:";
        var all = new Dictionary<string, string>
        {
            ["ConnectionStrings:Redis"] = Redis.ConnectionString,
            ["ForwardedHeaders:KnownProxies:0"] = "127.0.0.1",

            // A test reads in the log that its requests have arrived.
            ["Logging:LogLevel:Microsoft.AspNetCore.Hosting"] = "Information",

            [Scheme + "ClientId"] = ClientId,
            [Scheme + "ClientSecret"] = ClientSecret,
            [Scheme + "AuthorizationEndpoint"] = At("/en/oauth/authorize"),
            [Scheme + "TokenEndpoint"] = At("/oauth/token"),
            [Scheme + "UserInformationEndpoint"] = At("/oauth-api/v1/user-info"),
            [Scheme + "RevocationEndpoint"] = At("/oauth-api/v1/revoke-token"),
        };

        if (Postgres is not null)
        {
            all["ConnectionStrings:Postgres"] = Postgres.ConnectionString;
        }

        foreach (var (key, value) in settings)
        {
            all[key] = value;
        }

        return FarmSite.StartAsync(all, cancellationToken);

        string At(string path) => new Uri(Binance.BaseAddress, path).AbsoluteUri;
    }

    /// <summary>
    /// Resets the emulator, and removes the list of the user's sessions. Outcomes and ends of the previous test's sessions stay: a process that still waits for
    /// one of its locks then finds the outcome, and makes no call that the next test would count.
    /// </summary>
    public async Task ResetAsync()
    {
        Binance.Reset();
        AddClient();
        await Redis.DeleteAsync("SampleWeb:AspNet*:index:*");
        await Redis.DeleteAsync("SampleWeb:AspNet*:generation:*");
    }

    /// <summary>
    /// Waits until all lines are read that the processes have logged so far. A process writes its console in the background, and in order: the lines
    /// about a new request are the last.
    /// </summary>
    public Task WaitForLogsAsync(CancellationToken cancellationToken) => Task.WhenAll(_sites.Select(async site =>
    {
        var mark = Guid.NewGuid().ToString();
        await NewBrowser().GetAsync(site, $"/{mark}");
        await site.WaitForLinesAsync(mark, 1, cancellationToken);
    }));

    public FarmBrowser NewBrowser() => new(this, _http);

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites)
        {
            await site.DisposeAsync();
        }

        _http.Dispose();
        await Binance.DisposeAsync();

        // The servers first: closing a connection to a server that hangs takes long.
        await Redis.DisposeAsync();
        await (Postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_tickets?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private void AddClient() => Binance.Clients.Add(new EmulatorClient
    {
        ClientId = ClientId,
        ClientSecret = ClientSecret,
        RedirectUris = [$"https://{Host}/signin-binance"],
    });

    private static async Task<WebFarm> StartStoresAsync(RedisServer redis, LockStore lockStore, CancellationToken cancellationToken)
    {
        try
        {
            var postgres = lockStore is LockStore.Postgres ? await PostgresServer.StartAsync(cancellationToken) : null;
            return new WebFarm(await BinanceEmulator.StartAsync(options => options.AutoApprove = true, cancellationToken), redis, postgres);
        }
        catch
        {
            await redis.DisposeAsync();
            throw;
        }
    }
}
