namespace SampleNative;

/// <summary>
/// Formats times for people.
/// </summary>
internal static class ReadableTime
{
    /// <summary>How long it is until then, rounded down to minutes: "8 h 31 min".</summary>
    public static string Until(DateTimeOffset time)
    {
        var left = time - TimeProvider.System.GetUtcNow();
        return left < TimeSpan.FromMinutes(1) ? Text.Of($"less than a minute")
            : left < TimeSpan.FromHours(1) ? Text.Of($"{left.Minutes} min")
            : Text.Of($"{(long)left.TotalHours} h {left.Minutes} min");
    }
}
