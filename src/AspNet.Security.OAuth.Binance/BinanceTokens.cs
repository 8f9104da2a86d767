namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The tokens of one user. They are secrets: <see cref="ToString"/> does not show them.
/// </summary>
public sealed class BinanceTokens
{
    /// <summary>
    /// What calls on the user's behalf carry as the bearer token.
    /// </summary>
    public required string AccessToken { get; init; }

    /// <summary>
    /// What the next refresh is made with, or <see langword="null"/> if there is none. After a refresh that brought no new one it is
    /// the one that was used.
    /// </summary>
    public string? RefreshToken { get; init; }

    /// <summary>
    /// The type of the access token, <c>bearer</c>, or <see langword="null"/> if Binance did not say.
    /// </summary>
    public string? TokenType { get; init; }

    /// <summary>
    /// When the access token expires, or <see langword="null"/> if Binance did not say.
    /// </summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// Says when the tokens expire, and nothing else.
    /// </summary>
    /// <returns>A text without any secret.</returns>
    public override string ToString() => $"Tokens that expire at {ExpiresAt?.ToString("u", System.Globalization.CultureInfo.InvariantCulture) ?? "an unknown time"}";
}
