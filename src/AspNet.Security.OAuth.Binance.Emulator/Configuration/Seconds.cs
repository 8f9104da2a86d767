namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>Converts durations in JSON, which are seconds with fractions.</summary>
internal static class Seconds
{
    // More than the maximum of any option, and within the range of TimeSpan.
    private const double Most = 1e11;

    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public static TimeSpan ToTimeSpan(double seconds) => Math.Abs(seconds) <= Most
        ? TimeSpan.FromSeconds(seconds)
        : throw new ArgumentOutOfRangeException(nameof(seconds), seconds, "The number of seconds is out of range.");
}
