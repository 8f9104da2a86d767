using Medallion.Threading;
using Medallion.Threading.Redis;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.StackExchangeRedis;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using StackExchange.Redis;

namespace SampleWeb.Hosting;

/// <summary>
/// Several processes as one site: keys that all of them read cookies with, and the cache and the lock by which the provider
/// refreshes a session's tokens once, whichever process a request reaches. docs/scaling.md says what happens when one of them is unavailable.
/// </summary>
internal static class WebFarm
{
    private const string Name = "SampleWeb";

    /// <summary>
    /// Shares keys and cache through the Redis of <c>ConnectionStrings:Redis</c>. The lock is there, too, or in the PostgreSQL of
    /// <c>ConnectionStrings:Postgres</c>. Without a Redis, the site is one process.
    /// </summary>
    /// <exception cref="StartupException">A connection string is invalid, or there is a PostgreSQL and no Redis.</exception>
    public static void AddWebFarm(this WebApplicationBuilder builder)
    {
        var postgres = builder.Configuration.GetConnectionString("Postgres");
        if (builder.Configuration.GetConnectionString("Redis") is not { Length: > 0 } redis)
        {
            // A lock alone shares nothing: the second process would not find the tokens of the first one.
            if (postgres is { Length: > 0 })
            {
                throw new StartupException("ConnectionStrings:Postgres is the farm's lock alone. Keys and cache need ConnectionStrings:Redis.");
            }

            return;
        }

        builder.Services.AddRedisConnection(redis);
        AddKeys(builder.Services);
        AddCache(builder.Services);
        if (postgres is { Length: > 0 })
        {
            builder.Services.AddPostgresLock(postgres);
        }
        else
        {
            AddRedisLock(builder.Services);
        }
    }

    private static void AddKeys(IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName(Name);
        services.AddOptions<KeyManagementOptions>().Configure<IConnectionMultiplexer>((options, redis) =>
            options.XmlRepository = new RedisXmlRepository(() => redis.GetDatabase(), $"{Name}:DataProtection-Keys"));
    }

    private static void AddCache(IServiceCollection services)
    {
        services.AddStackExchangeRedisCache(options => options.InstanceName = $"{Name}:");
        services.AddOptions<RedisCacheOptions>().Configure<IConnectionMultiplexer>((options, redis) =>
            options.ConnectionMultiplexerFactory = () => Task.FromResult(redis));
    }

    // A process waits for the lock while another one calls Binance, which takes tenths of a second.
    private static void AddRedisLock(IServiceCollection services)
        => services.AddSingleton<IDistributedLockProvider>(provider => new RedisDistributedSynchronizationProvider(
            provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase(),
            options => options.BusyWaitSleepTime(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100))));
}
