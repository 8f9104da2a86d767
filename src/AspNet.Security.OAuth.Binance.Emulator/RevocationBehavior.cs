namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// What the revocation of an access token revokes. Binance does not document it, and RFC 7009 section 2.1 leaves it to the server, so a client
/// must handle both.
/// </summary>
public enum RevocationBehavior
{
    /// <summary>The access token and every other token of its grant, the refresh token too.</summary>
    RevokeGrant,

    /// <summary>The access token alone. Its refresh token, and the other access tokens of the grant, stay valid.</summary>
    RevokeAccessToken,
}
