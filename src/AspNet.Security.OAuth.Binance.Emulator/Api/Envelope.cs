using System.Text.Json.Nodes;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The envelope of the API answers (W8).</summary>
internal static class Envelope
{
    public static EmulatorAnswer Success(JsonNode data) => Create(200, "000000", message: null, data, success: true);

    public static EmulatorAnswer Failure(int status, string code, string? message) => Create(status, code, message, data: null, success: false);

    private static EmulatorAnswer Create(int status, string code, string? message, JsonNode? data, bool success) =>
        EmulatorAnswer.Json(status, new JsonObject { ["code"] = code, ["message"] = message, ["data"] = data, ["success"] = success });
}
