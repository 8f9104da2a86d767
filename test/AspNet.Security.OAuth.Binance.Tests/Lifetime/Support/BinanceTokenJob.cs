using System.Globalization;
using Microsoft.AspNetCore.Identity;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// What an application with ASP.NET Core Identity writes to get an access token that is good for a while, for work that is done
/// without the user.
/// </summary>
internal sealed class BinanceTokenJob(UserManager<IdentityUser> users, BinanceTokenService binance, TimeProvider time)
{
    private const string Provider = BinanceAuthenticationDefaults.AuthenticationScheme;

    /// <returns>The token, or <see langword="null"/> if the user has to sign in again.</returns>
    public async Task<string?> AccessTokenAsync(IdentityUser user, CancellationToken cancellationToken)
    {
        var expiresAt = await users.GetAuthenticationTokenAsync(user, Provider, "expires_at");
        if (DateTimeOffset.TryParse(expiresAt, CultureInfo.InvariantCulture, out var expiry) && expiry - time.GetUtcNow() > TimeSpan.FromMinutes(5))
        {
            return await users.GetAuthenticationTokenAsync(user, Provider, "access_token");
        }

        if (await users.GetAuthenticationTokenAsync(user, Provider, "refresh_token") is not { } refreshToken)
        {
            return null;
        }

        try
        {
            var tokens = await binance.RefreshTokensAsync(refreshToken, Provider, cancellationToken);
            await KeepAsync(user, tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt);
            return tokens.AccessToken;
        }
        catch (BinanceAuthenticationException exception) when (exception.Failure is BinanceFailure.InvalidGrant)
        {
            await KeepAsync(user, accessToken: null, refreshToken: null, expiresAt: null);
            return null;
        }
    }

    private async Task KeepAsync(IdentityUser user, string? accessToken, string? refreshToken, DateTimeOffset? expiresAt)
    {
        await KeepAsync(user, "access_token", accessToken);
        await KeepAsync(user, "refresh_token", refreshToken);
        await KeepAsync(user, "expires_at", expiresAt?.ToString("o", CultureInfo.InvariantCulture));
    }

    private Task<IdentityResult> KeepAsync(IdentityUser user, string name, string? value) => value is null
        ? users.RemoveAuthenticationTokenAsync(user, Provider, name)
        : users.SetAuthenticationTokenAsync(user, Provider, name, value);
}
