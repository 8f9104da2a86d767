using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The tokens of one user (RFC 6749 section 5.1). They are secrets: <see cref="ToString"/> does not show them.
/// </summary>
public sealed class BinanceTokens
{
    /// <summary>
    /// Gets the access token, which requests on behalf of the user carry as bearer token (RFC 6750).
    /// </summary>
    public required string AccessToken { get; init; }

    /// <summary>
    /// Gets the refresh token. After a refresh without a new one in the response it is the one that was sent (RFC 6749 section 6).
    /// </summary>
    /// <value><see langword="null"/> if there is none.</value>
    public string? RefreshToken { get; init; }

    /// <summary>
    /// Gets the type of the access token, <c>bearer</c>.
    /// </summary>
    /// <value><see langword="null"/> if the response does not have it.</value>
    public string? TokenType { get; init; }

    /// <summary>
    /// Gets the time at which the access token expires: <c>expires_in</c>, counted from the response.
    /// </summary>
    /// <value><see langword="null"/> if the response does not have it.</value>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>
    /// Gets the whole response of the token endpoint, with the fields that have no property here. It is not serialized.
    /// </summary>
    /// <value>A JSON object. <see cref="JsonValueKind.Undefined"/> if these tokens come from elsewhere, such as a cache.</value>
    [JsonIgnore]
    public JsonElement Raw { get; init; }

    /// <summary>
    /// Returns the time of expiry, without any token.
    /// </summary>
    /// <returns>A text without any secret.</returns>
    public override string ToString()
        => $"Tokens that expire at {ExpiresAt?.ToString("u", CultureInfo.InvariantCulture) ?? "an unknown time"}";
}
