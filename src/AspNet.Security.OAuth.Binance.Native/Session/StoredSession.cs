using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Session;

/// <summary>
/// The session in the token store.
/// </summary>
internal sealed record StoredSession
{
    /// <summary>Gets the client id that the tokens were issued to.</summary>
    public required string ClientId { get; init; }

    /// <summary>Gets the token endpoint that issued them.</summary>
    public required Uri Server { get; init; }

    /// <summary>Gets the id of the sign-in: <see cref="SignIn.SignInId"/>.</summary>
    public required string SignInId { get; init; }

    public required string UserId { get; init; }

    public string? Email { get; init; }

    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? TokenType { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public StoredSession With(BinanceTokens tokens, DateTimeOffset now) => this with
    {
        AccessToken = tokens.AccessToken,
        RefreshToken = tokens.RefreshToken,
        TokenType = tokens.TokenType,
        IssuedAt = now,
        ExpiresAt = tokens.ExpiresAt,
    };

    public BinanceTokens ToTokens() => new() { AccessToken = AccessToken, RefreshToken = RefreshToken, TokenType = TokenType, ExpiresAt = ExpiresAt };

    public BinanceLoginSession ToSession() => new() { User = new() { UserId = UserId, Email = Email }, AccessTokenExpiresAt = ExpiresAt };

    public bool IsValid(DateTimeOffset now) => !(now >= ExpiresAt);

    /// <summary>
    /// Returns a value indicating whether the access token is about to expire, or has. If it was issued in the future, the clock was
    /// wrong, and the time of expiry is not known.
    /// </summary>
    public bool IsDue(DateTimeOffset now, TimeSpan before)
    {
        var half = (ExpiresAt - IssuedAt) / 2;
        return now >= ExpiresAt - (half < before ? half : before) || (ExpiresAt is not null && IssuedAt - now > before);
    }

    // The generated method would print every member.
    public override string ToString() => nameof(StoredSession);
}

[JsonSerializable(typeof(StoredSession))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
internal sealed partial class StoredSessionJson : JsonSerializerContext;
