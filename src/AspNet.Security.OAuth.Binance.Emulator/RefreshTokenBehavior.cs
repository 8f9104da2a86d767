namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>What happens to a refresh token that is used. What Binance does is not documented, so a client must be right under all three.</summary>
public enum RefreshTokenBehavior
{
    /// <summary>The same refresh token comes back and stays good.</summary>
    Keep,

    /// <summary>Each refresh brings a new refresh token; the used one is refused from then on, and nothing else happens.</summary>
    Rotate,

    /// <summary>
    /// Each refresh brings a new refresh token; a used one that is seen again kills every token of its grant, because somebody
    /// has a copy (RFC 9700 section 4.14.2).
    /// </summary>
    RotateAndRevokeOnReuse,
}
