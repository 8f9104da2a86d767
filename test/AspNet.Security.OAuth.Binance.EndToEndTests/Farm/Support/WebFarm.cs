using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Three processes of the sample on one Redis, if need be one PostgreSQL, and one emulator, each on a port that the system chose.
/// </summary>
internal sealed class WebFarm : IAsyncDisposable
{
    public const string ClientSecret = "secret-of-the-farm-client";
    public const string Host = "www.example.com";

    /// <summary>How long a test may take, in milliseconds, before it counts as hanging.</summary>
    public const int Patience = 120_000;

    /// <summary>The setting by which the sessions are in Redis, and the cookie holds a key.</summary>
    public static readonly (string Key, string Value) SessionsOnServer = ("Sessions:OnServer", "true");

    private const string ClientId = "farm-client";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly List<FarmSite> _sites = [];

    private SessionTickets? _tickets;

    private WebFarm(BinanceEmulator binance, RedisServer redis, PostgresServer? postgres)
        => (Binance, Redis, Postgres) = (binance, redis, postgres);

    public BinanceEmulator Binance { get; }

    public RedisServer Redis { get; }

    /// <summary>Where the lock is, if it is not in Redis.</summary>
    public PostgresServer? Postgres { get; }

    public IReadOnlyList<FarmSite> Sites => _sites;

    /// <summary>The sessions of this farm, for whoever has its keys.</summary>
    public SessionTickets Tickets => _tickets!;

    /// <summary>The refresh calls that reached the emulator since its journal was cleared.</summary>
    public int RefreshCalls => Binance.Requests.To(EmulatorEndpoint.Token).Count(request => request.GrantType == "refresh_token");

    /// <summary>The setting that says where the sessions are.</summary>
    public static (string Key, string Value) Sessions(bool onServer) => onServer ? SessionsOnServer : (SessionsOnServer.Key, "false");

    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="settings">More settings for the processes.</param>
    public static Task<WebFarm> StartAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
        => StartAsync(LockStore.Redis, cancellationToken, settings);

    /// <param name="lockStore">Where the lock is.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="settings">More settings for the processes.</param>
    public static async Task<WebFarm> StartAsync(LockStore lockStore, CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        var redis = await RedisServer.StartAsync(cancellationToken);
        var farm = await StartStoresAsync(redis, lockStore, cancellationToken);
        var binance = farm.Binance;
        try
        {
            binance.Clients.Add(new EmulatorClient
            {
                ClientId = ClientId,
                ClientSecret = ClientSecret,
                RedirectUris = [$"https://{Host}/signin-binance"],
            });

            // The first one alone, because it makes the key. Processes that start together on an empty Redis make one each.
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

    /// <summary>Starts one more process, which is the caller's.</summary>
    public Task<FarmSite> StartSiteAsync(CancellationToken cancellationToken, params (string Key, string Value)[] settings)
    {
        const string Scheme = "Authentication:Schemes:Binance:";
        var all = new Dictionary<string, string>
        {
            ["ConnectionStrings:Redis"] = Redis.ConnectionString,
            ["ForwardedHeaders:KnownProxies:0"] = "127.0.0.1",

            // So that a test knows when its requests have arrived.
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

    public Visitor NewVisitor() => new(this, _http);

    public async ValueTask DisposeAsync()
    {
        foreach (var site in _sites)
        {
            await site.DisposeAsync();
        }

        _http.Dispose();
        await Binance.DisposeAsync();

        // In this order: a connection to a server that hangs takes its time to say goodbye.
        await Redis.DisposeAsync();
        await (Postgres?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_tickets?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

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
