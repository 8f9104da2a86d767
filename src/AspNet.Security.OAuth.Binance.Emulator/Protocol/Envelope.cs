using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The envelope of the API responses (W8).</summary>
internal static class Envelope
{
    public static EmulatorResponse Success(JsonNode data) => Create(200, "000000", message: null, data, success: true);

    public static EmulatorResponse Failure(int status, string code, string? message) => Create(status, code, message, data: null, success: false);

    public static EmulatorResponse Failure(int status, string code, EmulatorRefusal refusal) => Failure(status, code, refusal.Rule).Because(refusal);

    private static EmulatorResponse Create(int status, string code, string? message, JsonNode? data, bool success)
        => EmulatorResponse.Json(status, new JsonObject { ["code"] = code, ["message"] = message, ["data"] = data, ["success"] = success });
}
