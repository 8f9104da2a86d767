using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// The envelope that user-info and revocation share (W8): a call succeeded only if status, <c>code</c> and <c>success</c> all say so.
/// </summary>
internal static class Envelope
{
    /// <returns>The whole document, which the caller disposes; its <c>data</c> is for the caller to check.</returns>
    public static WireResult<JsonDocument> Read(WireAnswer answer, string call, string accessToken)
    {
        if (!answer.TryGetBody(out var document, out var reason))
        {
            return Backchannel.IsSuccess(answer.Status)
                ? new WireFailure(BinanceFailure.InvalidResponse, call, reason) { StatusCode = answer.StatusCode }
                : Refused(answer, call);
        }

        var json = document.RootElement;
        var succeeded = json.TryGetProperty("success"u8, out var success) ? success.ValueKind : JsonValueKind.Undefined;
        if (Backchannel.IsSuccess(answer.Status) && JsonFields.Is(json, "code"u8, "000000"u8) && succeeded is JsonValueKind.True)
        {
            return document;
        }

        using (document)
        {
            var isCode = JsonFields.TryText(json, "code"u8, out var code);
            var isEnvelope = isCode && code is not null && succeeded is JsonValueKind.True or JsonValueKind.False;
            return Refused(answer, call, isEnvelope) with
            {
                BinanceCode = ServerText.Code(code, accessToken),
                ErrorDescription = ServerText.Description(JsonFields.TextOrNull(json, "message"u8), accessToken),
            };
        }
    }

    private static WireFailure Refused(WireAnswer answer, string call, bool isEnvelope = false)
    {
        var (kind, reason) = answer.Status switch
        {
            _ when Backchannel.IsUnavailable(answer.Status) => (BinanceFailure.Unavailable, "the server is not able to answer"),
            _ when Backchannel.IsRedirect(answer.Status) => (BinanceFailure.InvalidResponse, "the answer is a redirect, which is never followed"),
            _ when Backchannel.IsSuccess(answer.Status) && !isEnvelope => (BinanceFailure.InvalidResponse, "the answer has no code and success"),
            _ => (BinanceFailure.ApiError, "the call was refused"),
        };

        return new WireFailure(kind, call, reason) { StatusCode = answer.StatusCode };
    }
}
