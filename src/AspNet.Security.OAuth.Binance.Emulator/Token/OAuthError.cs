using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The error answers of the token endpoint (RFC 6749 section 5.2).</summary>
internal static class OAuthError
{
    public static EmulatorAnswer InvalidRequest(string description) => Create(400, "invalid_request", description);

    public static EmulatorAnswer InvalidClient(string description) => Create(401, "invalid_client", description);

    public static EmulatorAnswer InvalidGrant(string description) => Create(400, "invalid_grant", description);

    public static EmulatorAnswer InvalidScope(string description) => Create(400, "invalid_scope", description);

    public static EmulatorAnswer UnsupportedGrantType(string description) => Create(400, "unsupported_grant_type", description);

    public static EmulatorAnswer Create(int status, string error, string description) =>
        EmulatorAnswer.Json(status, new JsonObject { ["error"] = error, ["error_description"] = description }).With("Pragma", "no-cache");
}
