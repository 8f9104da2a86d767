using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The token endpoint's answer, as W4 shows it: <c>scope</c> does not repeat what was asked for.</summary>
internal static class TokenAnswer
{
    public static EmulatorAnswer Create(EmulatorTokenPair tokens) => EmulatorAnswer.Json(200, new JsonObject
    {
        ["access_token"] = tokens.AccessToken,
        ["refresh_token"] = tokens.RefreshToken,
        ["scope"] = "read",
        ["token_type"] = "bearer",
        ["expires_in"] = (long)tokens.Lifetime.TotalSeconds,
    }).With("Pragma", "no-cache");
}
