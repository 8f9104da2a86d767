using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Emulator.Messages;

/// <summary>An answer as a value, so that the journal sees it whole and a fault can send half of it.</summary>
internal sealed partial class EmulatorResponse(int status)
{
    public int Status => status;

    public string? ContentType { get; init; }

    public string Body { get; init; } = "";

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        // Codes, tokens and consent ids are in these answers (RFC 6749 section 5.1).
        ["Cache-Control"] = "no-store",
        ["X-Content-Type-Options"] = "nosniff",
        ["Referrer-Policy"] = "no-referrer",
    };

    public static EmulatorResponse Json(int status, JsonObject body) => new(status)
    {
        ContentType = "application/json;charset=UTF-8",
        Body = body.ToJsonString(),
    };

    public static EmulatorResponse Text(int status, string body) => new EmulatorResponse(status)
    {
        ContentType = "text/plain;charset=UTF-8",
        Body = body,
    };

    // Byte for byte what it is told, a state above all, but for what a URL cannot hold: a raw tab gets into a request's query, and must
    // not get from there into a header.
    public static EmulatorResponse Redirect(int status, string location) =>
        new EmulatorResponse(status).With("Location", NotInUrl().Replace(location, static match => Uri.EscapeDataString(match.Value)));

    public EmulatorResponse With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    [GeneratedRegex("[^!-~]+")]
    private static partial Regex NotInUrl();
}
