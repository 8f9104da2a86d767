using System.Text.Json.Serialization;

namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>The content of a token file: the grants that are not revoked.</summary>
internal sealed record TokenFileContent(string Format, int Version, IReadOnlyList<SavedGrant> Grants)
{
    private const string Name = "Binance emulator tokens";
    private const int CurrentVersion = 1;

    /// <summary>Gets the content without tokens.</summary>
    public static TokenFileContent Empty { get; } = new(Name, CurrentVersion, []);

    /// <summary>Gets a value indicating whether this version of the emulator can read the file.</summary>
    [JsonIgnore]
    public bool IsValid => Format == Name
        && Version == CurrentVersion
        && Grants.All(grant => grant?.AccessTokens.All(token => token is not null) is true && grant.RefreshTokens.All(token => token is not null))
        && HaveNoDuplicate(Grants.SelectMany(grant => grant.AccessTokens.Select(token => token.Value)))
        && HaveNoDuplicate(Grants.SelectMany(grant => grant.RefreshTokens.Select(token => token.Value)));

    /// <param name="access">The live access tokens. Others need not be stored: an unknown token is refused as an expired one is.</param>
    /// <param name="refresh">The refresh tokens of grants that are not revoked, used ones too, so that their reuse is detected.</param>
    public static TokenFileContent Of(IEnumerable<TokenEntry> access, IEnumerable<TokenEntry> refresh)
    {
        var accessTokens = access.ToLookup(token => token.Grant, token => new SavedAccessToken(token.Token.Value, token.Token.Scopes, token.Token.IssuedAt, token.Token.ExpiresAt!.Value));
        var refreshTokens = refresh.ToLookup(token => token.Grant, token => new SavedRefreshToken(token.Token.Value, token.Token.IssuedAt, token.IsSpent));
        return Empty with
        {
            Grants =
            [
                .. accessTokens.Select(group => group.Key).Union(refreshTokens.Select(group => group.Key)).Select(grant => new SavedGrant(
                    grant.Id, grant.ClientId, grant.UserId, grant.Scopes, [.. accessTokens[grant]], [.. refreshTokens[grant]])),
            ],
        };
    }

    /// <summary>Returns the tokens, oldest first.</summary>
    public (IEnumerable<TokenEntry> Access, IEnumerable<TokenEntry> Refresh) ToEntries()
    {
        var grants = Grants.Select(saved => (Saved: saved, Grant: new Grant(saved.ClientId, saved.UserId, saved.Scopes) { Id = saved.Id })).ToArray();
        return (
            grants.SelectMany(pair => pair.Saved.AccessTokens.Select(token => TokenEntry.Create(token.Value, pair.Grant, token.Scopes, token.IssuedAt, token.ExpiresAt)))
                .OrderBy(entry => entry.Token.IssuedAt),
            grants.SelectMany(pair => pair.Saved.RefreshTokens.Select(token =>
            {
                var entry = TokenEntry.Create(token.Value, pair.Grant, pair.Grant.Scopes, token.IssuedAt, expiresAt: null);
                entry.Spent = token.IsSpent ? TokenStore.UsedReason : null;
                return entry;
            })).OrderBy(entry => entry.Token.IssuedAt));
    }

    private static bool HaveNoDuplicate(IEnumerable<string> values)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return values.All(seen.Add);
    }
}

internal sealed record SavedGrant(
    string Id, string ClientId, string UserId, IReadOnlyList<string> Scopes, IReadOnlyList<SavedAccessToken> AccessTokens, IReadOnlyList<SavedRefreshToken> RefreshTokens);

internal sealed record SavedAccessToken(string Value, IReadOnlyList<string> Scopes, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt);

internal sealed record SavedRefreshToken(string Value, DateTimeOffset IssuedAt, bool IsSpent);

[JsonSerializable(typeof(TokenFileContent))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true)]
internal sealed partial class TokenFileJson : JsonSerializerContext;
