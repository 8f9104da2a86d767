using System.Text.Json;

namespace AspNet.Security.OAuth.Binance.Protocol;

/// <summary>
/// The response of the token endpoint: tokens (RFC 6749 section 5.1, W4), an error (section 5.2), or neither.
/// </summary>
internal static class TokenResponse
{
    public const string Call = "token endpoint";

    private const int LongestToken = 4096;

    /// <exception cref="BinanceAuthenticationException">The response has no tokens, or tokens that must not be used.</exception>
    public static BinanceTokens Read(BinanceResponse response, DateTimeOffset now, string? previousRefreshToken, ReadOnlySpan<string?> secrets)
    {
        if (response.Fault is { } fault)
        {
            throw response.IsSuccess
                ? Failures.Of(BinanceFailure.InvalidResponse, Call, fault, response.StatusCode)
                : Refused(response, null, secrets);
        }

        var json = response.Json;
        var errorIsText = JsonFields.TryText(json, "error"u8, out var error);
        if (!response.IsSuccess || error is not null)
        {
            throw Refused(response, error, secrets);
        }

        return (errorIsText ? FaultOf(json) : "error is not text") is { } wrong
            ? throw Failures.Of(
                BinanceFailure.InvalidResponse,
                Call,
                wrong,
                response.StatusCode,
                description: ServerText.Description(JsonFields.TextOrNull(json, "message"u8), secrets),
                binanceCode: ServerText.Code(JsonFields.TextOrNull(json, "code"u8), secrets))
            : new()
            {
                AccessToken = JsonFields.TextOrNull(json, "access_token"u8)!,
                RefreshToken = NullIfEmpty(JsonFields.TextOrNull(json, "refresh_token"u8)) ?? previousRefreshToken,
                TokenType = JsonFields.TextOrNull(json, "token_type"u8),
                ExpiresAt = Seconds(json) is { } seconds ? now.AddSeconds(seconds) : null,
                Raw = json,
            };
    }

    private static BinanceAuthenticationException Refused(BinanceResponse response, string? error, ReadOnlySpan<string?> secrets)
    {
        var (kind, reason) = error switch
        {
            _ when response.Outage is { } outage => (BinanceFailure.Unavailable, outage),
            "server_error" or "temporarily_unavailable" => (BinanceFailure.Unavailable, BinanceResponse.Unavailable),
            "invalid_client" or "unauthorized_client" => (BinanceFailure.InvalidClient, "the client id and secret were refused"),

            // Some servers report an expired refresh token as invalid_token.
            "invalid_grant" or "invalid_token" => (BinanceFailure.InvalidGrant, "the code or the refresh token was refused"),
            _ when response.IsRedirect => (BinanceFailure.InvalidResponse, "the response is a redirect, which is never followed"),
            _ => (BinanceFailure.TokenError, "the request was refused"),
        };

        var json = response.Json;
        return response.Fault is not null
            ? Failures.Of(kind, Call, reason, response.StatusCode)
            : Failures.Of(
                kind,
                Call,
                reason,
                response.StatusCode,
                ServerText.Code(error, secrets),
                ServerText.Description(JsonFields.TextOrNull(json, "error_description"u8) ?? JsonFields.TextOrNull(json, "message"u8), secrets),
                ServerText.Code(JsonFields.TextOrNull(json, "code"u8), secrets),
                ServerText.Address(JsonFields.TextOrNull(json, "error_uri"u8), secrets));
    }

    private static string? FaultOf(JsonElement json)
    {
        if (!JsonFields.TryText(json, "access_token"u8, out var accessToken) || !IsToken(accessToken))
        {
            return "access_token is missing or is not a token";
        }

        if (!JsonFields.TryText(json, "refresh_token"u8, out var refreshToken) || !(string.IsNullOrEmpty(refreshToken) || IsToken(refreshToken)))
        {
            return "refresh_token is not a token";
        }

        // RFC 6749 section 7.1: a token of an unknown type must not be used.
        if (!JsonFields.TryText(json, "token_type"u8, out var type) || !(type is null || type.Equals("bearer", StringComparison.OrdinalIgnoreCase)))
        {
            return "token_type is not bearer";
        }

        if (!JsonFields.TryText(json, "scope"u8, out _))
        {
            return "scope is not text";
        }

        return json.TryGetProperty("expires_in"u8, out var expiresIn) && expiresIn.ValueKind is not JsonValueKind.Null && Seconds(json) is null
            ? "expires_in is not a positive number of seconds"
            : null;
    }

    // RFC 6749 appendix A.12: visible ASCII characters. Any other is invalid in an Authorization header, or ends it. A longer token
    // would make a session cookie that servers refuse (431).
    private static bool IsToken(string? value)
        => value is { Length: > 0 and <= LongestToken } && !value.AsSpan().ContainsAnyExceptInRange('\x21', '\x7e');

    private static int? Seconds(JsonElement json)
        => json.TryGetProperty("expires_in"u8, out var value) && value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var seconds) && seconds > 0
            ? seconds
            : null;

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
