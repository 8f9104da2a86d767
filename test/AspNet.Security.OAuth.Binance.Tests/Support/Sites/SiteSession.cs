using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Sites;

/// <summary>
/// The session of a request at a test site, with the items of its ticket.
/// </summary>
internal sealed record SiteSession(bool SignedIn, string? AuthenticationType, SessionClaim[] Claims, Dictionary<string, string?> Items)
{
    private const string TokenPrefix = ".Token.";

    [JsonIgnore]
    public string? UserId => Claim(ClaimTypes.NameIdentifier);

    /// <summary>The stored tokens by their names.</summary>
    [JsonIgnore]
    public Dictionary<string, string?> Tokens => Items
        .Where(item => item.Key.StartsWith(TokenPrefix, StringComparison.Ordinal))
        .ToDictionary(item => item.Key[TokenPrefix.Length..], item => item.Value);

    [JsonIgnore]
    public string? AccessToken => Items.GetValueOrDefault(".Token.access_token");

    [JsonIgnore]
    public string? RefreshToken => Items.GetValueOrDefault(".Token.refresh_token");

    [JsonIgnore]
    public string? ExpiresAt => Items.GetValueOrDefault(".Token.expires_at");

    /// <summary>The session's id.</summary>
    [JsonIgnore]
    public string? Id => Items.GetValueOrDefault(".bn");

    [JsonIgnore]
    public DateTimeOffset? Issued => new AuthenticationProperties(Items).IssuedUtc;

    [JsonIgnore]
    public DateTimeOffset? Expires => new AuthenticationProperties(Items).ExpiresUtc;

    /// <summary>The value of the first claim of a type, or <see langword="null"/>.</summary>
    public string? Claim(string type) => Claims.FirstOrDefault(claim => claim.Type == type)?.Value;

    public static SiteSession Of(AuthenticateResult result) => new(
        result.Succeeded,
        result.Principal?.Identity?.AuthenticationType,
        [.. result.Principal?.Claims.Select(claim => new SessionClaim(claim.Type, claim.Value, claim.Issuer)) ?? []],
        result.Properties?.Items.ToDictionary() ?? []);
}

internal sealed record SessionClaim(string Type, string Value, string Issuer);
