using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance.Tests.Lifetime;

/// <summary>
/// What a site knows of the session that a request came with.
/// </summary>
internal sealed record SessionView(bool SignedIn, Dictionary<string, string> Claims, Dictionary<string, string?> Items)
{
    [JsonIgnore]
    public string? UserId => Claims.GetValueOrDefault(ClaimTypes.NameIdentifier);

    [JsonIgnore]
    public string? AccessToken => Items.GetValueOrDefault(".Token.access_token");

    [JsonIgnore]
    public string? RefreshToken => Items.GetValueOrDefault(".Token.refresh_token");

    [JsonIgnore]
    public string? ExpiresAt => Items.GetValueOrDefault(".Token.expires_at");

    [JsonIgnore]
    public DateTimeOffset? Issued => new AuthenticationProperties(Items).IssuedUtc;

    [JsonIgnore]
    public DateTimeOffset? Expires => new AuthenticationProperties(Items).ExpiresUtc;

    public static SessionView Of(AuthenticateResult result) => new(
        result.Succeeded,
        result.Principal?.Claims.DistinctBy(claim => claim.Type).ToDictionary(claim => claim.Type, claim => claim.Value) ?? [],
        result.Properties?.Items.ToDictionary() ?? []);
}
