using StackExchange.Redis;

namespace SampleWeb.Hosting;

/// <summary>
/// The connection to the farm's Redis: how long a command may take, and a word to the operator when it is lost and when it is back.
/// </summary>
internal static partial class RedisConnection
{
    // A login page waits for seconds and not for minutes. What the connection string says comes later, and wins.
    private const string Defaults = "abortConnect=false,connectTimeout=2000,syncTimeout=2000,asyncTimeout=2000";

    /// <summary>
    /// Adds an <see cref="IConnectionMultiplexer"/>, which connects when it is first needed.
    /// </summary>
    /// <exception cref="StartupException">That is no connection string.</exception>
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
