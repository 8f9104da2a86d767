namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>A live access or refresh token.</summary>
public sealed class EmulatorToken
{
    internal EmulatorToken(string value, string clientId, string userId, IReadOnlyList<string> scopes, DateTimeOffset issuedAt, DateTimeOffset? expiresAt, string grantId)
    {
        Value = value;
        ClientId = clientId;
        UserId = userId;
        Scopes = scopes;
        IssuedAt = issuedAt;
        ExpiresAt = expiresAt;
        GrantId = grantId;
    }

    /// <summary>Gets the token.</summary>
    public string Value { get; }

    /// <summary>Gets the id of the client that it was issued to.</summary>
    public string ClientId { get; }

    /// <summary>Gets the id of the user that it was issued for.</summary>
    public string UserId { get; }

    /// <summary>Gets the scopes that were granted.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>Gets when it was issued, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>Gets when it expires, by <see cref="BinanceEmulator.Clock"/>; <see langword="null"/> for a refresh token, which does not.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>Gets the id of the grant that it belongs to, which all tokens from one consent share.</summary>
    public string GrantId { get; }
}
