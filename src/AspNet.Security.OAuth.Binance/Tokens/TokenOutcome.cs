using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>The outcome of a call to the token endpoint: tokens, or a failure.</summary>
internal sealed record TokenOutcome(BinanceTokens? Tokens, BinanceFailure? Failure)
{
    /// <summary>Gets the whole response of a code exchange, which the tokens do not serialize.</summary>
    public string? Raw { get; init; }

    /// <summary>Gets the id of the session that a code exchange begins, or that a refresh was made for.</summary>
    public string? SessionId { get; init; }

    /// <summary>Gets the scheme of the cookie of that session.</summary>
    public string? CookieScheme { get; init; }

    /// <summary>Gets the time of a code exchange, from which <c>expires_in</c> is counted.</summary>
    public DateTimeOffset? At { get; init; }

    public bool Shares(TokenOutcome other)
        => Tokens!.AccessToken == other.Tokens!.AccessToken || (Tokens.RefreshToken is { } refreshToken && refreshToken == other.Tokens.RefreshToken);

    /// <summary>Returns a copy of the response of a code exchange, which the caller disposes.</summary>
    public JsonDocument ToDocument()
    {
        if (Raw is not null)
        {
            return JsonDocument.Parse(Raw);
        }

        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(Tokens!.Raw));
        return JsonDocument.ParseValue(ref reader);
    }

    /// <summary>Returns a value indicating whether a refresh was made for the session of a call, or for every holder of the refresh token.</summary>
    public bool IsOf(FarmCall call) => call.IsCode || SessionId is null || SessionId == call.SessionId;

    /// <summary>
    /// Returns a value indicating whether the server did not rotate the refresh token, so that the outcome is for one session only: each of several sessions that hold the refresh token has access
    /// tokens of its own.
    /// </summary>
    public bool IsKept(FarmCall call) => !call.IsCode && SessionId is not null && Tokens?.RefreshToken == call.Secret;

    /// <summary>Returns a value indicating whether the session of a call may use an outcome.</summary>
    public bool Serves(FarmCall call) => IsOf(call) || !IsKept(call);

    /// <exception cref="BinanceAuthenticationException">The outcome is a failure.</exception>
    public TokenOutcome OrThrow()
        => Tokens is not null ? this : throw new BinanceAuthenticationException(
            Failure ?? BinanceFailure.Unknown, "Binance's token endpoint: the request of another process failed shortly before.");
}

/// <summary>A code was not sent, so that it can be sent later.</summary>
internal sealed class CodeNotSentException(string reason)
    : BinanceAuthenticationException(BinanceFailure.Unavailable, $"Binance's token endpoint: {reason}; the code was not sent.");

[JsonSerializable(typeof(TokenOutcome))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TokenJson : JsonSerializerContext;
