using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A response as a value, so that the journal records all of it and a fault can send a part of it.</summary>
internal sealed partial class EmulatorResponse(int status)
{
    public int Status => status;

    public string? ContentType { get; init; }

    public string Body { get; init; } = "";

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase)
    {
        // The responses contain codes, tokens and consent ids (RFC 6749 section 5.1).
        ["Cache-Control"] = "no-store",
        ["X-Content-Type-Options"] = "nosniff",
        ["Referrer-Policy"] = "no-referrer",

        // A page of another origin cannot load a response as an image, a script or a style sheet. It does not apply to CORS requests.
        ["Cross-Origin-Resource-Policy"] = "same-origin",
    };

    public EmulatorRefusal? Refusal { get; private set; }

    public string? GrantId { get; private set; }

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

    // The location is sent byte for byte, because the state must be returned unchanged. Characters that a URL cannot contain are escaped,
    // so that a control character of the request does not get into a header.
    public static EmulatorResponse Redirect(int status, string location)
        => new EmulatorResponse(status).With("Location", NotInUrl().Replace(location, static match => Uri.EscapeDataString(match.Value)));

    /// <summary>Sets the reason for the refusal.</summary>
    public EmulatorResponse Because(EmulatorRefusal refusal)
    {
        Refusal = refusal;
        return this;
    }

    /// <summary>Sets the grant that the request belongs to.</summary>
    public EmulatorResponse Of(string? grantId)
    {
        GrantId = grantId;
        return this;
    }

    public EmulatorResponse With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    [GeneratedRegex("[^!-~]+")]
    private static partial Regex NotInUrl();
}
