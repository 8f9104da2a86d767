namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>One consent of one user to one client, shared by a code and by all tokens that are issued for it.</summary>
internal sealed class Grant(string clientId, string userId, IReadOnlyList<string> scopes)
{
    public string Id { get; init; } = RandomValue.GrantId();

    public string ClientId { get; } = clientId;

    public string UserId { get; } = userId;

    public IReadOnlyList<string> Scopes { get; } = scopes;

    /// <summary>Gets or sets a value indicating whether the grant is revoked. Used under the lock of <see cref="TokenStore"/> only.</summary>
    public bool IsRevoked { get; set; }
}
