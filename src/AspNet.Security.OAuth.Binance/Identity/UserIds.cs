using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Distinguishes Identity's users from those of other schemes, whose ids may be equal.
/// </summary>
internal sealed class UserIds(IOptions<IdentityOptions> options)
{
    /// <summary>Returns the id of a user whom Identity has signed in, or <see langword="null"/> if the user is not Identity's.</summary>
    public string? Of(ClaimsPrincipal? user)
        => user?.Identities
            .Where(static identity => identity is { IsAuthenticated: true, AuthenticationType: { } type } && type == IdentityConstants.ApplicationScheme)
            .Select(identity => identity.FindFirst(options.Value.ClaimsIdentity.UserIdClaimType)?.Value)
            .FirstOrDefault(static id => id is { Length: > 0 });
}
