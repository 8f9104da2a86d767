using System.Globalization;
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

    // The framework's own names of items, so that the tokens are read and written without building strings.
    private const string AccessTokenItem = ".Token." + AccessTokenName;
    private const string RefreshTokenItem = ".Token." + RefreshTokenName;
    private const string TokenTypeItem = ".Token." + TokenTypeName;
    private const string ExpiresAtItem = ".Token." + ExpiresAtName;
    private const string NamesItem = ".TokenNames";
    private const string AllNames = AccessTokenName + ";" + RefreshTokenName + ";" + TokenTypeName + ";" + ExpiresAtName;

    // Written only beside a token that lives so short that it would otherwise be due at once, again and again.
    private const string RefreshAtItem = ".binance.refresh_at";

    // The same from the sign-in to the sign-out, whatever happens to the tokens and to the ticket's times. It is in every request's
    // cookie: with this name, 48 bits, and an expiry without fractions of seconds the ticket is as long as one without it.
    private const string SessionItem = ".bn";

    // What a ticket of ours holds in the end, so that its items are not moved twice while they are added.
    private const int ItemsOfATicket = 9;

    /// <summary>What an answer brought. A refresh that brings no new refresh token leaves the old one in force (RFC 6749 section 6).</summary>
    public static BinanceTokens From(OAuthTokenResponse answer, DateTimeOffset now, string? previousRefreshToken = null) => new()
    {
        AccessToken = answer.AccessToken!,
        RefreshToken = string.IsNullOrEmpty(answer.RefreshToken) ? previousRefreshToken : answer.RefreshToken,
        TokenType = string.IsNullOrEmpty(answer.TokenType) ? null : answer.TokenType,
        ExpiresAt = int.TryParse(answer.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? now.AddSeconds(seconds) : null,
    };

    /// <summary>Names the session that a sign-in begins.</summary>
    public static void BeginSession(AuthenticationProperties properties) => properties.Items[SessionItem] = SessionName.New();

    public static void Store(AuthenticationProperties properties, BinanceTokens tokens, DateTimeOffset now, TimeSpan refreshBeforeExpiration)
    {
        (properties.Items as Dictionary<string, string?>)?.EnsureCapacity(ItemsOfATicket);
        Set(properties, AccessTokenItem, tokens.AccessToken);
        Set(properties, RefreshTokenItem, tokens.RefreshToken);
        Set(properties, TokenTypeItem, tokens.TokenType);
        Set(properties, ExpiresAtItem, tokens.ExpiresAt is { } expiresAt ? ExpiryText.Of(expiresAt) : null);
        properties.Items[NamesItem] = Names(properties);

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
        if (ExpiryText.TryRead(Text(properties, RefreshAtItem), out var refreshAt))
        {
            return refreshAt <= now;
        }

        // Compared as a distance: an expiry in the year 1 minus five minutes would be no date.
        return Text(properties, ExpiresAtItem) is { } text
            && !ExpiryText.IsLater(text, now, refreshBeforeExpiration)
            && ExpiryText.TryRead(text, out var expiresAt)
            && expiresAt - now <= refreshBeforeExpiration;
    }

    private static string? Text(AuthenticationProperties properties, string item)
        => properties.Items.TryGetValue(item, out var value) && !string.IsNullOrEmpty(value) ? value : null;

    private static void Set(AuthenticationProperties properties, string item, string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            properties.Items.Remove(item);
        }
        else
        {
            properties.Items[item] = value;
        }
    }

    // The application's own tokens beside ours stay: it may have put them there when the user signed in.
    private static string Names(AuthenticationProperties properties)
    {
        properties.Items.TryGetValue(NamesItem, out var before);
        var isComplete = properties.Items.ContainsKey(RefreshTokenItem)
            && properties.Items.ContainsKey(TokenTypeItem)
            && properties.Items.ContainsKey(ExpiresAtItem);
        return isComplete && before is (null or AllNames) ? AllNames : Present(properties, $"{AllNames};{before}");
    }

    private static string Present(AuthenticationProperties properties, string names)
        => string.Join(';', names.Split(';').Distinct().Where(name => properties.Items.ContainsKey(".Token." + name)));
}
