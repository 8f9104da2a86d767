using StackExchange.Redis;

namespace SampleWeb.Hosting;

/// <summary>
/// The connection to the farm's Redis: the timeout of a command, and a log message when the connection is lost and when it is restored.
/// </summary>
internal static partial class RedisConnection
{
    // 2 s instead of the default 5 s: the user waits for this command. The connection string overrides these values.
    private const string Defaults = "abortConnect=false,connectTimeout=2000,syncTimeout=2000,asyncTimeout=2000";

    /// <summary>
    /// Adds an <see cref="IConnectionMultiplexer"/>, which connects when it is first needed.
    /// </summary>
    /// <exception cref="StartupException">The connection string is invalid.</exception>
    public static void AddRedisConnection(this IServiceCollection services, string connectionString)
    {
        var options = Parse(connectionString);
        services.AddSingleton<IConnectionMultiplexer>(provider =>
            Connect(options, provider.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RedisConnection))));
    }

    private static ConfigurationOptions Parse(string connectionString)
    {
        try
        {
            var options = ConfigurationOptions.Parse($"{Defaults},{connectionString}");

            // While Redis is unavailable, a command fails at once instead of waiting: the request is served without it.
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
            LogUnavailableAtStart(logger);
        }

        // There is a second connection, for subscriptions, which nothing here uses.
        redis.ConnectionFailed += (_, lost) =>
        {
            if (lost.ConnectionType == ConnectionType.Interactive)
            {
                LogUnavailable(logger, lost.FailureType);
            }
        };
        redis.ConnectionRestored += (_, found) =>
        {
            if (found.ConnectionType == ConnectionType.Interactive)
            {
                LogAvailable(logger);
            }
        };
        return redis;
    }

    [LoggerMessage(1, LogLevel.Error, "Redis is unavailable. Without its keys this process reads no session and completes no sign-in.", EventName = "UnavailableAtStart")]
    private static partial void LogUnavailableAtStart(ILogger logger);

    [LoggerMessage(2, LogLevel.Warning, "Redis is unavailable: {Reason}.", EventName = "Unavailable")]
    private static partial void LogUnavailable(ILogger logger, ConnectionFailureType reason);

    [LoggerMessage(3, LogLevel.Information, "Redis is available again.", EventName = "Available")]
    private static partial void LogAvailable(ILogger logger);
}
