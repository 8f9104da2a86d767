namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// Where a farm's lock is. Keys and cache are always in Redis.
/// </summary>
public enum LockStore
{
    Redis,
    Postgres,
}
