namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// How a farm's store becomes unavailable.
/// </summary>
public enum StoreFailure
{
    /// <summary>Killed.</summary>
    RedisStopped,

    /// <summary><c>CLIENT PAUSE</c>.</summary>
    RedisPauses,

    /// <summary><c>DEBUG SLEEP</c>.</summary>
    RedisSleeps,

    /// <summary>SIGSTOP.</summary>
    RedisHangs,

    /// <summary>Killed.</summary>
    PostgresStopped,

    /// <summary>SIGSTOP.</summary>
    PostgresHangs,
}
