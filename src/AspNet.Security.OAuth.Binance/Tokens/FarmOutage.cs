using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// Whether the web farm's lock or cache failed a moment ago. It is logged once, and not used again for 5 seconds: a store that is down is
/// down for every step and every request, and one that hangs must not hold each of them.
/// </summary>
internal sealed class FarmOutage(ILogger<FarmOutage> logger)
{
    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(5);

    private long _until;

    public bool IsRecent(TimeProvider time) => time.GetUtcNow().UtcTicks < Interlocked.Read(ref _until);

    public void Report(Exception exception, string scheme, TimeProvider time)
    {
        var now = time.GetUtcNow().UtcTicks;
        if (Interlocked.Exchange(ref _until, now + _pause.Ticks) <= now)
        {
            Log.FarmUnavailable(logger, exception, scheme);
        }
    }
}
