using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The error responses of the token endpoint (RFC 6749 section 5.2).</summary>
internal static class OAuthError
{
    public static EmulatorResponse InvalidRequest(string description) => Create(400, "invalid_request", description);

    public static EmulatorResponse InvalidClient(string description) => Create(401, "invalid_client", description);

    public static EmulatorResponse InvalidGrant(string description) => Create(400, "invalid_grant", description);

    public static EmulatorResponse InvalidScope(string description) => Create(400, "invalid_scope", description);

    public static EmulatorResponse UnsupportedGrantType(string description) => Create(400, "unsupported_grant_type", description);

    public static EmulatorResponse Create(int status, string error, string description)
        => EmulatorResponse.Json(status, new JsonObject { ["error"] = error, ["error_description"] = description }).With("Pragma", "no-cache");
}
