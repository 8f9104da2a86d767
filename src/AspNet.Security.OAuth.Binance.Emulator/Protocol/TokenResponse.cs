using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The token endpoint's response as W4 shows it: <c>scope</c> does not repeat the requested scopes.</summary>
internal static class TokenResponse
{
    public static EmulatorResponse Create(EmulatorTokenPair tokens) => EmulatorResponse.Json(200, new JsonObject
    {
        ["access_token"] = tokens.AccessToken,
        ["refresh_token"] = tokens.RefreshToken,
        ["scope"] = "read",
        ["token_type"] = "bearer",
        ["expires_in"] = (long)tokens.Lifetime.TotalSeconds,
    }).With("Pragma", "no-cache");
}
