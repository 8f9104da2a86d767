namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>One consent of one user to one client, shared by a code and by all tokens that are issued for it.</summary>
internal sealed class Grant(string clientId, string userId, IReadOnlyList<string> scopes)
{
    public string Id { get; init; } = RandomValue.GrantId();

    public string ClientId { get; } = clientId;

    public string UserId { get; } = userId;

    public IReadOnlyList<string> Scopes { get; } = scopes;

    /// <summary>Gets or sets the reason for the revocation; <see langword="null"/> when it is not revoked. Guarded by the lock of <see cref="TokenStore"/>.</summary>
    public string? Revoked { get; set; }

    public bool IsRevoked => Revoked is not null;

    // RFC 6749's scope-token: printable ASCII without the quotation mark and the backslash. A comma joins several (W1).
    public static bool IsScope(string name) => name is { Length: > 0 } && name.All(c => c is > ' ' and <= '~' and not ('"' or '\\' or ','));
}
