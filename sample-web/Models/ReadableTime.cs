using System.Globalization;
using Microsoft.Extensions.Localization;
using SampleWeb.Localization;

namespace SampleWeb.Models;

/// <summary>
/// Formats times for people.
/// </summary>
internal static class ReadableTime
{
    /// <summary>
    /// A point in time: <c>5 March 2026, 14:30 UTC</c>. The format is one of the texts, because without ICU .NET knows no other names of months.
    /// </summary>
    public static string Moment(IStringLocalizer<Texts> text, DateTimeOffset time)
        => time.ToUniversalTime().ToString(text["d MMMM yyyy, HH:mm 'UTC'"], CultureInfo.InvariantCulture);

    /// <summary>
    /// A duration in its two largest units: <c>8 hours 31 minutes</c>.
    /// </summary>
    public static string Duration(IStringLocalizer<Texts> text, TimeSpan duration) => duration switch
    {
        { TotalMinutes: < 1 } => text["less than a minute"],
        { TotalHours: < 1 } => Minutes(text, duration.Minutes),
        { TotalDays: < 1, Minutes: 0 } => Hours(text, duration.Hours),
        { TotalDays: < 1 } => $"{Hours(text, duration.Hours)} {Minutes(text, duration.Minutes)}",
        { Hours: 0 } => Days(text, duration.Days),
        _ => $"{Days(text, duration.Days)} {Hours(text, duration.Hours)}",
    };

    private static string Minutes(IStringLocalizer<Texts> text, int number) => number is 1 ? text["1 minute"] : text["{0} minutes", number];

    private static string Hours(IStringLocalizer<Texts> text, int number) => number is 1 ? text["1 hour"] : text["{0} hours", number];

    private static string Days(IStringLocalizer<Texts> text, int number) => number is 1 ? text["1 day"] : text["{0} days", number];
}
