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
/// refreshes a session's tokens once, whichever process a request reaches. docs/scaling.md says what happens when Redis is away.
/// </summary>
internal static partial class WebFarm
{
    private const string Name = "SampleWeb";

    // A login page waits for seconds and not for minutes. What the connection string says comes later, and wins.
    private const string Defaults = "abortConnect=false,connectTimeout=2000,syncTimeout=2000,asyncTimeout=2000";

    /// <summary>
    /// Shares what has to be shared through the Redis of <c>ConnectionStrings:Redis</c>. Without one, the site is on its own.
    /// </summary>
    /// <exception cref="StartupException">That is no connection string.</exception>
    public static void AddWebFarm(this WebApplicationBuilder builder)
    {
        if (builder.Configuration.GetConnectionString("Redis") is not { Length: > 0 } connectionString)
        {
            return;
        }

        var services = builder.Services;
        var connection = Parse(connectionString);
        services.AddSingleton<IConnectionMultiplexer>(provider =>
            Connect(connection, provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WebFarm))));

        services.AddDataProtection().SetApplicationName(Name);
        services.AddOptions<KeyManagementOptions>().Configure<IConnectionMultiplexer>((options, redis) =>
            options.XmlRepository = new RedisXmlRepository(() => redis.GetDatabase(), $"{Name}:DataProtection-Keys"));

        services.AddStackExchangeRedisCache(options => options.InstanceName = $"{Name}:");
        services.AddOptions<RedisCacheOptions>().Configure<IConnectionMultiplexer>((options, redis) =>
            options.ConnectionMultiplexerFactory = () => Task.FromResult(redis));

        // Whoever waits for the lock waits for another process's call to Binance, which takes tenths of a second.
        services.AddSingleton<IDistributedLockProvider>(provider => new RedisDistributedSynchronizationProvider(
            provider.GetRequiredService<IConnectionMultiplexer>().GetDatabase(),
            options => options.BusyWaitSleepTime(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100))));
    }

    private static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            var options = ConfigurationOptions.Parse($"{Defaults},{connectionString}");

            // While Redis is away, a command fails at once instead of waiting for it: the page is answered without.
            options.BacklogPolicy = BacklogPolicy.FailFast;
            options.ReconnectRetryPolicy = new LinearRetry(1000);
            return options;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // Not repeated: there may be a password in it.
            throw new StartupException("ConnectionStrings:Redis is not as StackExchange.Redis has it, for example localhost:6379,ssl=true,password=…", exception);
        }
    }

    private static ConnectionMultiplexer Connect(ConfigurationOptions options, ILogger logger)
    {
        var redis = ConnectionMultiplexer.Connect(options);
        if (!redis.IsConnected)
        {
            IsAwayAtTheStart(logger);
        }

        // There is a second connection, for subscriptions, which nothing here uses.
        redis.ConnectionFailed += (_, lost) =>
        {
            if (lost.ConnectionType == ConnectionType.Interactive)
            {
                IsAway(logger, lost.FailureType);
            }
        };
        redis.ConnectionRestored += (_, found) =>
        {
            if (found.ConnectionType == ConnectionType.Interactive)
            {
                IsBack(logger);
            }
        };
        return redis;
    }

    [LoggerMessage(1, LogLevel.Error, "Redis is away. Without its keys this process reads no session and signs nobody in.", EventName = "AwayAtTheStart")]
    private static partial void IsAwayAtTheStart(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Redis is away: {Reason}.", EventName = "Away")]
    private static partial void IsAway(ILogger logger, ConnectionFailureType reason);

    [LoggerMessage(3, LogLevel.Information, "Redis is back.", EventName = "Back")]
    private static partial void IsBack(ILogger logger);
}
