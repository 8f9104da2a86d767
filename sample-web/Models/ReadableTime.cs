using System.Globalization;

namespace SampleWeb.Models;

/// <summary>
/// Formats times for people.
/// </summary>
internal static class ReadableTime
{
    /// <summary>
    /// A point in time: <c>5 March 2026, 14:30 UTC</c>.
    /// </summary>
    public static string Moment(DateTimeOffset time) => time.ToUniversalTime().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>
    /// A duration in its two largest units: <c>8 hours 31 minutes</c>.
    /// </summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalMinutes: < 1 } => "less than a minute",
        { TotalHours: < 1 } => Count(duration.Minutes, "minute"),
        { TotalDays: < 1 } => Join(Count(duration.Hours, "hour"), duration.Minutes, "minute"),
        _ => Join(Count(duration.Days, "day"), duration.Hours, "hour"),
    };

    private static string Join(string large, int number, string unit) => number == 0 ? large : $"{large} {Count(number, unit)}";

    private static string Count(int number, string unit) => number == 1 ? $"1 {unit}" : $"{number} {unit}s";
}
