using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// What a ticket keeps of the tokens, under the names that ASP.NET Core uses everywhere (<c>GetTokenAsync("access_token")</c>).
/// </summary>
internal static class StoredTokens
{
    private const string AccessTokenName = "access_token";
    private const string RefreshTokenName = "refresh_token";
    private const string TokenTypeName = "token_type";
    private const string ExpiresAtName = "expires_at";

    // The framework's own prefix. With it the tokens are read without building a string for each request.
    private const string AccessTokenItem = ".Token." + AccessTokenName;
    private const string RefreshTokenItem = ".Token." + RefreshTokenName;
    private const string ExpiresAtItem = ".Token." + ExpiresAtName;

    // Written only beside a token that lives so short that it would otherwise be due at once, again and again.
    private const string RefreshAtItem = ".binance.refresh_at";

    // The same from the sign-in to the sign-out, whatever happens to the tokens and to the ticket's times.
    private const string SessionItem = ".binance.session";

    /// <summary>What an answer brought. A refresh that brings no new refresh token leaves the old one in force (RFC 6749 section 6).</summary>
    public static BinanceTokens From(OAuthTokenResponse answer, DateTimeOffset now, string? previousRefreshToken = null) => new()
    {
        AccessToken = answer.AccessToken!,
        RefreshToken = string.IsNullOrEmpty(answer.RefreshToken) ? previousRefreshToken : answer.RefreshToken,
        TokenType = string.IsNullOrEmpty(answer.TokenType) ? null : answer.TokenType,
        ExpiresAt = int.TryParse(answer.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? now.AddSeconds(seconds) : null,
    };

    public static void Store(AuthenticationProperties properties, BinanceTokens tokens, DateTimeOffset now, TimeSpan refreshBeforeExpiration)
    {
        if (AccessToken(properties) is null)
        {
            properties.Items[SessionItem] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        }

        List<AuthenticationToken> stored = [new() { Name = AccessTokenName, Value = tokens.AccessToken }];
        Add(stored, RefreshTokenName, tokens.RefreshToken);
        Add(stored, TokenTypeName, tokens.TokenType);
        Add(stored, ExpiresAtName, tokens.ExpiresAt?.ToString("o", CultureInfo.InvariantCulture));
        properties.StoreTokens(stored);

        properties.Items.Remove(RefreshAtItem);
        if (tokens.ExpiresAt - now is { } lifetime && lifetime < refreshBeforeExpiration * 2)
        {
            properties.Items[RefreshAtItem] = (now + (lifetime / 2)).ToString("o", CultureInfo.InvariantCulture);
        }
    }

    public static string? AccessToken(AuthenticationProperties properties) => Text(properties, AccessTokenItem);

    public static string? RefreshToken(AuthenticationProperties properties) => Text(properties, RefreshTokenItem);

    /// <summary>Which session this is, or <see langword="null"/> if the ticket was not made by a sign-in of ours.</summary>
    public static string? SessionId(AuthenticationProperties properties) => Text(properties, SessionItem);

    /// <summary>When the tokens are to be refreshed, or never if the ticket does not say when they expire.</summary>
    public static bool IsDue(AuthenticationProperties properties, DateTimeOffset now, TimeSpan refreshBeforeExpiration)
    {
        if (Time(properties, RefreshAtItem) is { } refreshAt)
        {
            return refreshAt <= now;
        }

        // Compared as a distance: an expiry in the year 1 minus five minutes would be no date.
        return Time(properties, ExpiresAtItem) is { } expiresAt && expiresAt - now <= refreshBeforeExpiration;
    }

    private static string? Text(AuthenticationProperties properties, string item)
        => properties.Items.TryGetValue(item, out var value) && !string.IsNullOrEmpty(value) ? value : null;

    private static DateTimeOffset? Time(AuthenticationProperties properties, string item)
        => DateTimeOffset.TryParseExact(
            Text(properties, item), "o", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null;

    private static void Add(List<AuthenticationToken> tokens, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            tokens.Add(new() { Name = name, Value = value });
        }
    }
}
