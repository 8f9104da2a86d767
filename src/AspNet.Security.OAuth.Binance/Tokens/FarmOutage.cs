using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Whether the web farm's lock or cache failed within the last 5 seconds. It is logged once: a store that is down is down for every step
/// and every request. One that hangs is not used again for that time, because it would hold each of them.
/// </summary>
internal sealed class FarmOutage(ILogger<FarmOutage> logger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private long _failedUntil;
    private long _hangsUntil;

    /// <summary>Returns a value indicating whether the store failed.</summary>
    public bool IsRecent(TimeProvider time) => time.GetUtcNow().UtcTicks < Interlocked.Read(ref _failedUntil);

    /// <summary>Returns a value indicating whether a request to the store got no response in time.</summary>
    public bool Hangs(TimeProvider time) => time.GetUtcNow().UtcTicks < Interlocked.Read(ref _hangsUntil);

    public void Report(Exception exception, string scheme, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcTicks;

        // Ours, of WaitAsync: a store's own exceptions are derived from it, if at all, and come from a store that responds.
        if (exception.GetType() == typeof(TimeoutException))
        {
            Interlocked.Exchange(ref _hangsUntil, now + _pause.Ticks);
        }

        if (Interlocked.Exchange(ref _failedUntil, now + _pause.Ticks) <= now)
        {
            Log.FarmUnavailable(logger, exception, scheme);
        }
    }
}
