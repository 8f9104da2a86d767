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

    /// <summary>The token itself.</summary>
    public string Value { get; }

    /// <summary>The client that it was issued to.</summary>
    public string ClientId { get; }

    /// <summary>The user that it stands for.</summary>
    public string UserId { get; }

    /// <summary>The scopes that were granted.</summary>
    public IReadOnlyList<string> Scopes { get; }

    /// <summary>When it was issued, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset IssuedAt { get; }

    /// <summary>When it expires, by <see cref="BinanceEmulator.Clock"/>; <see langword="null"/> for a refresh token, which does not.</summary>
    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>The id of the grant that it belongs to: all tokens that came from one consent share it.</summary>
    public string GrantId { get; }
}
