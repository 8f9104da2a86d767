namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>What a refresh does to the refresh token. Binance does not document it, so a client must handle all three.</summary>
public enum RefreshTokenBehavior
{
    /// <summary>The response contains the same refresh token, which stays valid.</summary>
    Keep,

    /// <summary>The response contains a new refresh token. The used one is refused from then on, without other effects.</summary>
    Rotate,

    /// <summary>
    /// The response contains a new refresh token. The reuse of a used one revokes every token of its grant, because it may have been
    /// stolen (RFC 9700 section 4.14.2).
    /// </summary>
    RotateAndRevokeOnReuse,
}
