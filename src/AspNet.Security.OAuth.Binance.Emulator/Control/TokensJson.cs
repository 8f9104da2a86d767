namespace AspNet.Security.OAuth.Binance.Emulator.Control;

internal sealed record TokensJson(IReadOnlyList<AccessTokenJson> AccessTokens, IReadOnlyList<RefreshTokenJson> RefreshTokens);

internal sealed record AccessTokenJson(string Value, string ClientId, string UserId, IReadOnlyList<string> Scopes, DateTime IssuedAt, DateTime ExpiresAt, string GrantId)
{
    public static AccessTokenJson Of(EmulatorToken token)
        => new(token.Value, token.ClientId, token.UserId, token.Scopes, token.IssuedAt.UtcDateTime, token.ExpiresAt!.Value.UtcDateTime, token.GrantId);
}

internal sealed record RefreshTokenJson(string Value, string ClientId, string UserId, IReadOnlyList<string> Scopes, DateTime IssuedAt, string GrantId)
{
    public static RefreshTokenJson Of(EmulatorToken token)
        => new(token.Value, token.ClientId, token.UserId, token.Scopes, token.IssuedAt.UtcDateTime, token.GrantId);
}

/// <summary>The tokens to issue. Defaults: the first client, the first user, <c>user:openId</c>.</summary>
internal sealed class IssueJson
{
    public string? ClientId { get; set; }

    public string? UserId { get; set; }

    public IReadOnlyList<string>? Scopes { get; set; }
}

internal sealed record IssuedJson(string AccessToken, string RefreshToken, DateTime ExpiresAt, string GrantId);

internal sealed record ExpiredJson(int Expired);

/// <summary>The token to revoke. If it is omitted, all are revoked. Null is refused: typically it is an error of the script, which does not mean all.</summary>
internal sealed class RevokeJson
{
    public string Token { get; set; } = null!;
}

internal sealed record RevokedJson(int Revoked);

internal sealed class ApiKeyJson
{
    public required string Token { get; set; }
}
