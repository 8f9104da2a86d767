using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace SampleWeb.Models;

/// <summary>
/// Whom the session belongs to. The tokens are in the session, too, and stay there: no page and no answer shows one.
/// </summary>
/// <param name="UserId">Binance's stable identifier of the user.</param>
/// <param name="Email">The e-mail address, if Binance gave one.</param>
/// <param name="ExpiresAt">When the access token expires, if Binance said so.</param>
public sealed record SignedInUser(string UserId, string? Email, DateTimeOffset? ExpiresAt)
{
    /// <summary>
    /// Reads the user from the session that this request came with. There has to be one.
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
