namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A token and its grant. Guarded by the lock of <see cref="TokenStore"/>.</summary>
internal sealed class TokenEntry(EmulatorToken token, Grant grant)
{
    public EmulatorToken Token => token;

    public Grant Grant => grant;

    /// <summary>Gets or sets the reason why the token alone is invalid, without its grant; <see langword="null"/> for a valid token.</summary>
    public string? Spent { get; set; }

    public bool IsSpent => Spent is not null;

    public static TokenEntry Create(Grant grant, IReadOnlyList<string> scopes, DateTimeOffset issuedAt, DateTimeOffset? expiresAt)
        => Create(RandomValue.Token(), grant, scopes, issuedAt, expiresAt);

    public static TokenEntry Create(string value, Grant grant, IReadOnlyList<string> scopes, DateTimeOffset issuedAt, DateTimeOffset? expiresAt)
        => new(new EmulatorToken(value, grant.ClientId, grant.UserId, scopes, issuedAt, expiresAt, grant.Id), grant);
}
