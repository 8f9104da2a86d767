using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Fuzz.Support;

/// <summary>
/// Times around now, at the ends of the calendar, in other formats, and texts that are not times.
/// </summary>
internal static class OddTimes
{
    public static Gen<string> Any { get; } = Gen.Frequency(
        (3, from days in Gen.Choose(-40_000, 40_000) from offset in Gen.Choose(-14 * 4, 14 * 4) select Written(FuzzTime.Now.AddDays(days), offset)),
        (3, from seconds in Gen.Choose(-900, 900) from offset in Gen.Choose(-14 * 4, 14 * 4) select Written(FuzzTime.Now.AddSeconds(seconds), offset)),
        (2, Gen.Elements(
            "0001-01-01T00:00:00.0000000+00:00", "0001-01-01T00:00:00.0000000Z", "0001-01-01T00:00:00.0000000+14:00", "0000-01-01T00:00:00.0000000+00:00",
            "9999-12-31T23:59:59.9999999+00:00", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999-14:00", "10000-01-01T00:00:00.0000000Z",
            "2030-02-30T00:00:00.0000000Z", "2029-02-29T00:00:00.0000000+00:00", "2030-05-17T24:00:00.0000000Z", "2030-05-17T08:30:60.0000000Z",
            "2030-05-17T08:30:00.0000000+15:00", "2030-05-17T08:30:00.0000000+24:00", "2030-05-17T08:30:00.0000000-00:00", "-2030-05-17T08:30:00.0000000Z")),
        (2, Gen.Elements(
            "2030-05-17T08:30:00.0000000", "2030-05-17T08:30:00Z", "2030-05-17T08:30:00.000Z", "2030-05-17", "17.05.2030 08:30:00", "5/17/2030 8:30:00 AM", "Fri, 17 May 2030 08:30:00 GMT",
            "1905236400", "1905236400000", "P1D", "soon", "now", "never", "\u0662\u0660\u0663\u0660-05-17T08:30:00.0000000Z", "2030-05-17T08:30:00.0000000Z ", " 2030-05-17T08:30:00.0000000Z",
            "\u200e2030-05-17T08:30:00.0000000Z", "2573-05-17T08:30:00.0000000+07:00", "2030-05-17t08:30:00.0000000z", "2030-W20-5T08:30:00.0000000Z")),
        (1, OddText.WellFormed));

    // Every other one as our own tickets have it.
    private static string Written(DateTimeOffset time, int quarters) => quarters % 2 == 0
        ? time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : time.ToOffset(TimeSpan.FromMinutes(15 * quarters)).ToString("o", CultureInfo.InvariantCulture);
}
