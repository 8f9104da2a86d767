using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace SampleWeb.Models;

/// <summary>
/// The user of the session. The session also holds the tokens, which no response contains.
/// </summary>
/// <param name="UserId">Binance's stable identifier of the user.</param>
/// <param name="Email">The e-mail address, if Binance gave one.</param>
/// <param name="ExpiresAt">When the access token expires, if Binance said so.</param>
public sealed record SignedInUser(string UserId, string? Email, DateTimeOffset? ExpiresAt)
{
    /// <summary>
    /// Reads the user from the session of this request, which has to be authenticated.
    /// </summary>
    public static async Task<SignedInUser> ReadAsync(HttpContext context)
    {
        var expiresAt = await context.GetTokenAsync("expires_at");
        return new SignedInUser(
            context.User.FindFirstValue(ClaimTypes.NameIdentifier)!,
            context.User.FindFirstValue(ClaimTypes.Email),
            DateTimeOffset.TryParse(expiresAt, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) ? time : null);
    }
}
