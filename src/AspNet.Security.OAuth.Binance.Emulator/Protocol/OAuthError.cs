using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The error responses of the token endpoint (RFC 6749 section 5.2).</summary>
internal static class OAuthError
{
    public static EmulatorResponse InvalidRequest(EmulatorRefusal refusal) => Create(400, "invalid_request", refusal);

    public static EmulatorResponse InvalidClient(EmulatorRefusal refusal) => Create(401, "invalid_client", refusal);

    public static EmulatorResponse InvalidGrant(EmulatorRefusal refusal) => Create(400, "invalid_grant", refusal);

    public static EmulatorResponse InvalidScope(EmulatorRefusal refusal) => Create(400, "invalid_scope", refusal);

    public static EmulatorResponse UnsupportedGrantType(EmulatorRefusal refusal) => Create(400, "unsupported_grant_type", refusal);

    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error code.</param>
    /// <param name="refusal">The reason. The response contains its rule alone.</param>
    public static EmulatorResponse Create(int status, string error, EmulatorRefusal refusal)
        => EmulatorResponse.Json(status, new JsonObject { ["error"] = error, ["error_description"] = refusal.Rule }).With("Pragma", "no-cache").Because(refusal);
}
