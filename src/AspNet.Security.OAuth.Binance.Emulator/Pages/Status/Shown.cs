using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Emulator.Pages.Status;

/// <summary>Formats values for the status page. Untrusted text must be redacted first (<see cref="Redaction"/>).</summary>
internal static class Shown
{
    // In characters.
    private const int MaxText = 2000;

    // The page encodes the text for HTML.
    private static readonly JsonWriterOptions _readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string TimeOfDay(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Formats a time for people, and in ISO 8601 for the browser.</summary>
    /// <param name="time">The time.</param>
    /// <param name="format">The format for people.</param>
    public static Html Moment(DateTimeOffset time, string format = "yyyy-MM-dd HH:mm:ss 'UTC'") => Html.Of(
        $"<time datetime=\"{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}\">{time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)}</time>");

    public static string Span(TimeSpan span)
    {
        (int Count, string Unit)[] parts = [(span.Days, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        return string.Join(' ', parts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count} {part.Unit}")));
    }

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the address of a redirect without its query and fragment, which are shown as parameters.</summary>
    public static string Address(string location) => Cut(location.Split('?', '#')[0]);

    public static EmulatorParameters Query(string location)
        => EmulatorParameters.Parse(location.IndexOf('?', StringComparison.Ordinal) is var start and >= 0 ? location[start..].Split('#')[0] : null, limit: 64);

    /// <summary>Formats the body of a response: JSON with line breaks, "(a page)" for HTML, other text unchanged.</summary>
    public static string Body(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text, _readable))
            {
                json.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(text.ToArray());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            // Not JSON, or JSON with invalid Unicode: a scripted body may be anything.
            return body.StartsWith("<!DOCTYPE", StringComparison.OrdinalIgnoreCase) ? "(a page)" : body;
        }
    }

    public static string Cut(string text) => text.Length <= MaxText ? text : text[..(char.IsHighSurrogate(text[MaxText - 1]) ? MaxText - 1 : MaxText)] + "…";
}
