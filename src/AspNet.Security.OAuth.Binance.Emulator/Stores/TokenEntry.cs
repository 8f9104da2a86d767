namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A token and the grant that it belongs to. Used under the lock of <see cref="TokenStore"/> only.</summary>
internal sealed class TokenEntry(EmulatorToken token, Grant grant)
{
    public EmulatorToken Token => token;

    public Grant Grant => grant;

    /// <summary>Gets or sets why the token is no longer good, although its grant is and it has not expired; <see langword="null"/> while it is.</summary>
    public string? Spent { get; set; }

    public bool IsSpent => Spent is not null;

    public static TokenEntry Create(Grant grant, IReadOnlyList<string> scopes, DateTimeOffset issuedAt, DateTimeOffset? expiresAt)
        => Create(RandomValue.Token(), grant, scopes, issuedAt, expiresAt);

    public static TokenEntry Create(string value, Grant grant, IReadOnlyList<string> scopes, DateTimeOffset issuedAt, DateTimeOffset? expiresAt)
        => new(new EmulatorToken(value, grant.ClientId, grant.UserId, scopes, issuedAt, expiresAt, grant.Id), grant);
}
