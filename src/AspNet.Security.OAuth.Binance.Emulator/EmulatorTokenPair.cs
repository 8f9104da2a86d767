namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An access token and its refresh token.</summary>
public sealed class EmulatorTokenPair
{
    internal EmulatorTokenPair(EmulatorToken access, EmulatorToken refresh, TimeSpan lifetime)
    {
        AccessToken = access.Value;
        RefreshToken = refresh.Value;
        ExpiresAt = access.ExpiresAt!.Value;
        GrantId = access.GrantId;
        Lifetime = lifetime;
    }

    /// <summary>Gets the access token.</summary>
    public string AccessToken { get; }

    /// <summary>Gets the refresh token.</summary>
    public string RefreshToken { get; }

    /// <summary>Gets when the access token expires, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Gets the id of the grant that both belong to.</summary>
    public string GrantId { get; }

    internal TimeSpan Lifetime { get; }
}
