using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// Who is signed in at a test site, with all that the ticket keeps.
/// </summary>
internal sealed record Session(bool SignedIn, string? AuthenticationType, SessionClaim[] Claims, Dictionary<string, string?> Items)
{
    private const string TokenPrefix = ".Token.";

    public string? UserId => Claims.SingleOrDefault(claim => claim.Type == ClaimTypes.NameIdentifier)?.Value;

    /// <summary>The stored tokens by their names.</summary>
    public Dictionary<string, string?> Tokens => Items
        .Where(item => item.Key.StartsWith(TokenPrefix, StringComparison.Ordinal))
        .ToDictionary(item => item.Key[TokenPrefix.Length..], item => item.Value);

    public static Session Of(AuthenticateResult result) => new(
        result.Succeeded,
        result.Principal?.Identity?.AuthenticationType,
        [.. result.Principal?.Claims.Select(claim => new SessionClaim(claim.Type, claim.Value, claim.Issuer)) ?? []],
        result.Properties?.Items.ToDictionary() ?? []);
}

internal sealed record SessionClaim(string Type, string Value, string Issuer);
