using System.Text.Json;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Wire;

/// <summary>
/// Decides what the token endpoint's answer means: tokens as RFC 6749 section 5.1 and W4 have them, an error as section 5.2 has it, or neither.
/// </summary>
internal static class TokenAnswer
{
    public static WireResult<OAuthTokenResponse> Read(WireAnswer answer, string call, params ReadOnlySpan<string?> secrets)
    {
        if (!answer.TryGetBody(out var document, out var reason))
        {
            return Backchannel.IsSuccess(answer.Status)
                ? new WireFailure(BinanceFailure.InvalidResponse, call, reason) { StatusCode = answer.StatusCode }
                : Refused(answer, call, error: null);
        }

        var json = document.RootElement;
        var isText = JsonFields.TryText(json, "error"u8, out var error);
        if (!Backchannel.IsSuccess(answer.Status) || error is not null)
        {
            using (document)
            {
                return Refused(answer, call, error) with
                {
                    Error = ServerText.Code(error, secrets),
                    ErrorDescription = ServerText.Description(
                        JsonFields.TextOrNull(json, "error_description"u8) ?? JsonFields.TextOrNull(json, "message"u8), secrets),
                    BinanceCode = ServerText.Code(JsonFields.TextOrNull(json, "code"u8), secrets),
                };
            }
        }

        // The framework's reader of this answer takes any error for a refusal, whose message it makes of the server's words.
        if ((isText ? Fault(json) : "error is not text") is { } fault)
        {
            using (document)
            {
                return new WireFailure(BinanceFailure.InvalidResponse, call, fault)
                {
                    StatusCode = answer.StatusCode,
                    ErrorDescription = ServerText.Description(JsonFields.TextOrNull(json, "message"u8), secrets),
                    BinanceCode = ServerText.Code(JsonFields.TextOrNull(json, "code"u8), secrets),
                };
            }
        }

        return OAuthTokenResponse.Success(document);
    }

    private static WireFailure Refused(WireAnswer answer, string call, string? error)
    {
        var (kind, reason) = (answer.Status, error) switch
        {
            _ when Backchannel.IsUnavailable(answer.Status) => (BinanceFailure.Unavailable, "the server is not able to answer"),
            (_, "server_error" or "temporarily_unavailable") => (BinanceFailure.Unavailable, "the server is not able to answer"),
            (_, "invalid_client" or "unauthorized_client") => (BinanceFailure.InvalidClient, "the client id and secret were refused"),
            // The second is what some servers say of a refresh token that has expired.
            (_, "invalid_grant" or "invalid_token") => (BinanceFailure.InvalidGrant, "the code or the refresh token was refused"),
            _ when Backchannel.IsRedirect(answer.Status) => (BinanceFailure.InvalidResponse, "the answer is a redirect, which is never followed"),
            _ => (BinanceFailure.TokenError, "the request was refused"),
        };

        return new WireFailure(kind, call, reason) { StatusCode = answer.StatusCode };
    }

    private static string? Fault(JsonElement json)
    {
        if (!JsonFields.IsText(json, "access_token"u8, IsToken))
        {
            return "access_token is missing or is not a token";
        }

        if (!JsonFields.IsText(json, "refresh_token"u8, static token => string.IsNullOrEmpty(token) || IsToken(token)))
        {
            return "refresh_token is not a token";
        }

        // RFC 6749 section 7.1: a token of an unknown type must not be used.
        if (!JsonFields.Is(json, "token_type"u8, "bearer"u8)
            && (!JsonFields.TryText(json, "token_type"u8, out var type) || (type is not null && !type.Equals("bearer", StringComparison.OrdinalIgnoreCase))))
        {
            return "token_type is not bearer";
        }

        if (!JsonFields.IsText(json, "scope"u8, static _ => true))
        {
            return "scope is not text";
        }

        if (json.TryGetProperty("expires_in"u8, out var expiresIn) && expiresIn.ValueKind is not JsonValueKind.Null && !IsSeconds(expiresIn))
        {
            return "expires_in is not a positive number of seconds";
        }

        return null;
    }

    // RFC 6749 appendix A.12: visible characters. Anything else would not survive an Authorization header, or would end it.
    private static bool IsToken(string? value)
        => value is { Length: > 0 } && !value.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e');

    private static bool IsSeconds(JsonElement value)
        => value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds > 0;
}
