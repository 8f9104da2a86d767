using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Reads and writes the sample's sessions with the data-protection keys in the farm's Redis: in the session cookie, or in the entry whose key
/// the cookie holds. The sites use the system's clock, so a test changes the expiry of a session instead of the time.
/// </summary>
internal sealed class SessionTickets : IAsyncDisposable
{
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    // The claim in which the cookie handler keeps the key of a SessionStore.
    private const string KeyClaim = "Microsoft.AspNetCore.Authentication.Cookies-SessionId";

    private readonly ConnectionMultiplexer _redis;
    private readonly ServiceProvider _services;

    private SessionTickets(ConnectionMultiplexer redis, bool onServer)
    {
        _redis = redis;
        var services = new ServiceCollection().AddLogging();
        services.AddDataProtection()
            .SetApplicationName("SampleWeb")
            .PersistKeysToStackExchangeRedis(redis, "SampleWeb:DataProtection-Keys")
            .DisableAutomaticKeyGeneration();
        services.AddStackExchangeRedisCache(options =>
        {
            options.InstanceName = "SampleWeb:";
            options.ConnectionMultiplexerFactory = () => Task.FromResult<IConnectionMultiplexer>(redis);
        });

        var authentication = services.AddAuthentication(Scheme).AddCookie();
        if (onServer)
        {
            authentication.AddBinanceServerSessions(Scheme);
        }

        _services = services.BuildServiceProvider();

        // Reads the keys now: a test may delete those in Redis.
        _services.GetDataProtector(nameof(SessionTickets)).Protect([]);
    }

    private CookieAuthenticationOptions Cookie => _services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(Scheme);

    /// <summary>Connects to the farm's Redis, and reconnects after a restart.</summary>
    public static async Task<SessionTickets> ConnectAsync(RedisServer redis, bool onServer)
        => new(await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},abortConnect=false,name={RedisServer.TestClients}-sessions"), onServer);

    /// <summary>Changes the expiry of the tokens of a session.</summary>
    /// <returns>The cookie of that session: a new one if the session is in the cookie.</returns>
    public async Task<string> SetExpiryAsync(string cookie, DateTimeOffset expiresAt)
    {
        var ticket = await ReadAsync(cookie);
        Assert.True(ticket.Properties.UpdateTokenValue("expires_at", expiresAt.ToString("o", CultureInfo.InvariantCulture)));
        if (Cookie.SessionStore is not { } store)
        {
            return Cookie.TicketDataFormat.Protect(ticket);
        }

        await store.RenewAsync(Key(cookie), ticket);
        return cookie;
    }

    /// <summary>The access token that a session holds.</summary>
    public async Task<string> AccessTokenAsync(string cookie) => (await ReadAsync(cookie)).Properties.GetTokenValue("access_token")!;

    /// <summary>The key of a session on the server, from its cookie.</summary>
    public string Key(string cookie) => Unprotect(cookie).Principal.FindFirst(KeyClaim)!.Value;

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private async Task<AuthenticationTicket> ReadAsync(string cookie) => Cookie.SessionStore is { } store
        ? await store.RetrieveAsync(Key(cookie)) ?? throw new InvalidOperationException("There is no session of this cookie's key.")
        : Unprotect(cookie);

    private AuthenticationTicket Unprotect(string cookie)
        => Cookie.TicketDataFormat.Unprotect(cookie) ?? throw new InvalidOperationException("The farm's keys do not read this cookie.");
}
