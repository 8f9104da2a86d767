using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The time at which tokens expire, as a ticket keeps it: UTC in whole seconds, in the form that everybody's parser takes. It is read for
/// each request of a signed-in user, and nearly always to learn that there is time enough.
/// </summary>
internal static class ExpiryText
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int Length = 20;

    // Texts of one form and length sort as the times that they name. The second that was asked for last is asked for again by every
    // request that comes within it; schemes that refresh at other distances take turns, and make a text each time.
    private static Second _asked = new(0);

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>
    /// Whether a time is seen to be later than another without being read. For a text of another form, or for one that is no time,
    /// the answer may be wrong in one direction only: such a time is never said to be later unless reading it would say so, or would fail.
    /// </summary>
    public static bool IsLater(string text, DateTimeOffset now, TimeSpan ahead)
    {
        if (text.Length != Length || text[^1] is not 'Z')
        {
            return false;
        }

        var second = Math.Min(now.UtcTicks + ahead.Ticks, DateTime.MaxValue.Ticks) / TimeSpan.TicksPerSecond;
        var asked = _asked;
        if (asked.Number != second)
        {
            _asked = asked = new(second);
        }

        return string.CompareOrdinal(text, asked.Text) > 0;
    }

    /// <summary>Reads a time of this form or of the round-trip format.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        // For the parser of the round-trip format, which is by far the fastest.
        Span<char> roundTrip = stackalloc char[28];
        if (text.Length == Length && text[^1] is 'Z')
        {
            text.CopyTo(roundTrip);
            ".0000000Z".CopyTo(roundTrip[(Length - 1)..]);
            return TryReadRoundTrip(roundTrip, out time);
        }

        return TryReadRoundTrip(text, out time);
    }

    private static bool TryReadRoundTrip(ReadOnlySpan<char> text, out DateTimeOffset time)
        => DateTimeOffset.TryParseExact(text, "o", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out time);

    private sealed class Second(long number)
    {
        public long Number { get; } = number;

        public string Text { get; } = Of(new DateTimeOffset(number * TimeSpan.TicksPerSecond, TimeSpan.Zero));
    }
}
