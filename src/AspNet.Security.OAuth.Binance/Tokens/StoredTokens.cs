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

    public static void Store(AuthenticationProperties properties, OAuthTokenResponse answer, DateTimeOffset now)
    {
        List<AuthenticationToken> tokens = [new() { Name = AccessTokenName, Value = answer.AccessToken! }];
        Add(tokens, RefreshTokenName, answer.RefreshToken);
        Add(tokens, TokenTypeName, answer.TokenType);

        if (int.TryParse(answer.ExpiresIn, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            Add(tokens, ExpiresAtName, now.AddSeconds(seconds).ToString("o", CultureInfo.InvariantCulture));
        }

        properties.StoreTokens(tokens);
    }

    public static string? AccessToken(AuthenticationProperties properties) => properties.GetTokenValue(AccessTokenName);

    private static void Add(List<AuthenticationToken> tokens, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            tokens.Add(new() { Name = name, Value = value });
        }
    }
}
