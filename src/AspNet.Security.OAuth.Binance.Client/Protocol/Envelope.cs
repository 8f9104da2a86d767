using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The envelope of user information and revocation (W8): a call succeeded only if the status, <c>code</c> and <c>success</c> all say so.
/// </summary>
internal static class Envelope
{
    /// <summary>Returns <c>data</c>, which is for the caller to check.</summary>
    /// <exception cref="BinanceAuthenticationException">The call did not succeed.</exception>
    public static JsonElement Read(BinanceResponse response, string call, string accessToken)
    {
        if (response.Fault is { } fault)
        {
            throw response.IsSuccess
                ? Failures.Of(BinanceFailure.InvalidResponse, call, fault, response.StatusCode)
                : Refused(response, call, isEnvelope: false, null, null);
        }

        var json = response.Json;
        var codeIsText = JsonFields.TryText(json, "code"u8, out var code);
        var succeeded = json.TryGetProperty("success"u8, out var success) ? success.ValueKind : JsonValueKind.Undefined;
        if (response.IsSuccess && code is "000000" && succeeded is JsonValueKind.True)
        {
            return json.TryGetProperty("data"u8, out var data) ? data : default;
        }

        var isEnvelope = codeIsText && code is not null && succeeded is JsonValueKind.True or JsonValueKind.False;
        throw Refused(
            response,
            call,
            isEnvelope,
            ServerText.Description(JsonFields.TextOrNull(json, "message"u8), accessToken),
            ServerText.Code(code, accessToken));
    }

    private static BinanceAuthenticationException Refused(BinanceResponse response, string call, bool isEnvelope, string? description, string? code)
    {
        var (kind, reason) = response switch
        {
            { Outage: { } outage } => (BinanceFailure.Unavailable, outage),
            { IsRedirect: true } => (BinanceFailure.InvalidResponse, "the response is a redirect, which is never followed"),
            { IsSuccess: true } when !isEnvelope => (BinanceFailure.InvalidResponse, "the response has no code and success"),
            _ => (BinanceFailure.ApiError, "the call was refused"),
        };

        return Failures.Of(kind, call, reason, response.StatusCode, description: description, binanceCode: code);
    }
}
