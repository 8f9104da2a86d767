namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>One consent of one user to one client: what a code, and later all tokens that come from it, have in common.</summary>
internal sealed class Grant(string clientId, string userId, IReadOnlyList<string> scopes)
{
    public string Id { get; } = RandomValue.GrantId();

    public string ClientId { get; } = clientId;

    public string UserId { get; } = userId;

    public IReadOnlyList<string> Scopes { get; } = scopes;

    /// <summary>Read and written under the lock of <see cref="TokenStore"/>.</summary>
    public bool IsRevoked { get; set; }
}
