namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>Durations in JSON are seconds, fractions included.</summary>
internal static class Seconds
{
    // More than any setting takes, and what a TimeSpan holds.
    private const double Most = 1e11;

    /// <exception cref="ArgumentOutOfRangeException">No duration is so long.</exception>
    public static TimeSpan ToTimeSpan(double seconds) => Math.Abs(seconds) <= Most
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "So many seconds are out of range.");
}
