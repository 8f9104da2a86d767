using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The outage of the web farm's lock or cache.
/// </summary>
internal sealed class FarmOutage(ILogger<FarmOutage> logger)
{
    private readonly Outage _outage = new();

    /// <summary>Returns a value indicating whether the lock or the cache failed.</summary>
    public bool IsRecent(TimeProvider time) => _outage.IsRecent(time);

    /// <summary>Returns a value indicating whether the lock or the cache gave no response in time.</summary>
    public bool Hangs(TimeProvider time) => _outage.Hangs(time);

    public void Report(Exception exception, string scheme, TimeProvider time)
    {
        // Ours, of WaitAsync: a store's own exceptions are derived from it, if at all, and come from a store that responds.
        if (_outage.Begins(exception.GetType() == typeof(TimeoutException), time))
        {
            Log.FarmUnavailable(logger, exception, scheme);
        }
    }
}
