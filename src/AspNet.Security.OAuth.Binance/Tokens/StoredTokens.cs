using System.Globalization;
using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;

namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>
/// The tokens in a ticket, under ASP.NET Core's names (<c>GetTokenAsync("access_token")</c>).
/// </summary>
internal static class StoredTokens
{
    private const string AccessTokenName = "access_token";
    private const string RefreshTokenName = "refresh_token";
    private const string TokenTypeName = "token_type";
    private const string ExpiresAtName = "expires_at";

    // The lifetime of the access token in seconds: only stored if it is short enough to decide when the token is refreshed.
    private const string LifetimeItem = ".binance.expires_in";

    // Hot path: read for every request of a signed-in user, without concatenating prefix and name.
    private const string ExpiresAtItem = FrameworkNames.TokenItemPrefix + ExpiresAtName;

    // Marks a ticket whose tokens were removed after a refusal.
    private const string RefusedItem = ".binance.refused";

    private static readonly TimeSpan _lastMinute = TimeSpan.FromMinutes(1);

    private static readonly string[] _names = [AccessTokenName, RefreshTokenName, TokenTypeName, ExpiresAtName];

    /// <summary>Returns the tokens of a response, which a derived handler may have created.</summary>
    public static BinanceTokens From(OAuthTokenResponse response, DateTimeOffset now) => new()
    {
        AccessToken = response.AccessToken!,
        RefreshToken = NullIfEmpty(response.RefreshToken),
        TokenType = NullIfEmpty(response.TokenType),
        ExpiresAt = int.TryParse(response.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? now.AddSeconds(seconds) : null,
    };

    /// <summary>Returns the tokens of a ticket.</summary>
    public static BinanceTokens? From(AuthenticationProperties properties)
        => AccessToken(properties) is { } accessToken
            ? new()
            {
                AccessToken = accessToken,
                RefreshToken = RefreshToken(properties),
                TokenType = NullIfEmpty(properties.GetTokenValue(TokenTypeName)),
                ExpiresAt = TryReadTime(properties, ExpiresAtItem, out var expiresAt) ? expiresAt : null,
            }
            : null;

    /// <summary>Stores the tokens. Other tokens of the application stay.</summary>
    public static void Store(AuthenticationProperties properties, BinanceTokens tokens, DateTimeOffset now, TimeSpan refreshBeforeExpiration)
    {
        List<AuthenticationToken> stored = new(_names.Length);
        foreach (var token in properties.GetTokens())
        {
            if (!_names.Contains(token.Name))
            {
                stored.Add(token);
            }
        }

        Add(AccessTokenName, tokens.AccessToken);
        Add(RefreshTokenName, tokens.RefreshToken);
        Add(TokenTypeName, tokens.TokenType);
        Add(ExpiresAtName, tokens.ExpiresAt?.ToString("o", CultureInfo.InvariantCulture));
        properties.StoreTokens(stored);
        properties.Items.Remove(LifetimeItem);
        if (tokens.ExpiresAt - now is { } lifetime && (lifetime < refreshBeforeExpiration * 2 || lifetime < _lastMinute * 10))
        {
            properties.Items[LifetimeItem] = lifetime.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        }

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                stored.Add(new() { Name = name, Value = value });
            }
        }
    }

    /// <summary>Removes the tokens from a session that continues without them.</summary>
    public static void Refuse(AuthenticationProperties properties)
    {
        properties.StoreTokens(properties.GetTokens().Where(static token => !_names.Contains(token.Name)).ToArray());
        properties.Items.Remove(LifetimeItem);
        properties.Items[RefusedItem] = string.Empty;
    }

    /// <summary>Returns a value indicating whether Binance refused to refresh the tokens of a session that continues.</summary>
    public static bool IsRefused(AuthenticationProperties properties) => properties.Items.ContainsKey(RefusedItem);

    public static string? AccessToken(AuthenticationProperties properties) => NullIfEmpty(properties.GetTokenValue(AccessTokenName));

    public static string? RefreshToken(AuthenticationProperties properties) => NullIfEmpty(properties.GetTokenValue(RefreshTokenName));

    /// <summary>Returns a value indicating whether the tokens are due for a refresh. Tokens without a time of expiry never are.</summary>
    public static bool IsDue(AuthenticationProperties properties, DateTimeOffset now, TimeSpan refreshBeforeExpiration)
        => TryReadTime(properties, ExpiresAtItem, out var expiresAt)
            // Compared as a difference: subtracting five minutes from an expiry in the year 1 would overflow.
            && expiresAt - now <= (LifetimeOf(properties) is { } lifetime && lifetime < refreshBeforeExpiration * 2 ? lifetime / 2 : refreshBeforeExpiration);

    /// <summary>
    /// Returns the time after which a refresh cannot wait for an unavailable store: the start of the access token's last minute, or of the last tenth of its
    /// lifetime if that is under ten minutes.
    /// </summary>
    public static DateTimeOffset? LastMomentOf(AuthenticationProperties properties)
    {
        var last = LifetimeOf(properties) / 10 is { } tenth && tenth < _lastMinute ? tenth : _lastMinute;
        return TryReadTime(properties, ExpiresAtItem, out var expiresAt) && expiresAt - DateTimeOffset.MinValue > last ? expiresAt - last : null;
    }

    /// <summary>Copies the tokens of another ticket of the same session, if those are newer. A ticket without tokens is not changed.</summary>
    public static void CopyNewer(AuthenticationProperties from, AuthenticationProperties to)
    {
        if (AccessToken(to) is { } held
            && AccessToken(from) is { } other
            && held != other
            && TryReadTime(from, ExpiresAtItem, out var newer)
            && TryReadTime(to, ExpiresAtItem, out var older)
            && newer > older)
        {
            foreach (var name in _names)
            {
                Copy(FrameworkNames.TokenItemPrefix + name);
            }

            Copy(LifetimeItem);
        }

        void Copy(string item)
        {
            if (from.Items.TryGetValue(item, out var value))
            {
                to.Items[item] = value;
            }
            else
            {
                to.Items.Remove(item);
            }
        }
    }

    /// <summary>Returns a value indicating whether the access token has expired.</summary>
    public static bool IsExpired(AuthenticationProperties properties, DateTimeOffset now)
        => TryReadTime(properties, ExpiresAtItem, out var expiresAt) && expiresAt <= now;

    /// <summary>
    /// Returns a value indicating whether tokens are older than those of a ticket. If a server does not rotate refresh tokens, the refresh token does
    /// not distinguish the access tokens of a refresh and of a later sign-in.
    /// </summary>
    public static bool IsOlder(BinanceTokens tokens, AuthenticationProperties properties)
        => tokens.RefreshToken == RefreshToken(properties)
            && TryReadTime(properties, ExpiresAtItem, out var expiresAt)
            && tokens.ExpiresAt < expiresAt;

    private static TimeSpan? LifetimeOf(AuthenticationProperties properties)
        => properties.Items.TryGetValue(LifetimeItem, out var text)
            && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds < int.MaxValue
                ? TimeSpan.FromSeconds(seconds)
                : null;

    // The framework's format, or RFC 3339 in whole seconds, which applications write.
    private static bool TryReadTime(AuthenticationProperties properties, string item, out DateTimeOffset time)
    {
        time = default;
        return properties.Items.TryGetValue(item, out var text)
            && (DateTimeOffset.TryParseExact(text, "o", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out time)
                || DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time));
    }

    private static string? NullIfEmpty(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
