using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Identity;

/// <summary>
/// Tells Identity's users from those of other schemes, whose ids may be the same: Binance's are numbers, as Identity's may be.
/// </summary>
internal sealed class UserIds(IOptions<IdentityOptions> options)
{
    /// <summary>Returns the id of a user whom Identity has signed in, or <see langword="null"/> if it is none.</summary>
    public string? Of(ClaimsPrincipal? user)
        => user?.Identities
            .Where(static identity => identity is { IsAuthenticated: true, AuthenticationType: { } type } && type == IdentityConstants.ApplicationScheme)
            .Select(identity => identity.FindFirst(options.Value.ClaimsIdentity.UserIdClaimType)?.Value)
            .FirstOrDefault(static id => id is { Length: > 0 });
}
