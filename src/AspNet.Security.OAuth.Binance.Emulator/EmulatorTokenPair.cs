namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>An access token and the refresh token that came with it.</summary>
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

    /// <summary>The access token.</summary>
    public string AccessToken { get; }

    /// <summary>The refresh token.</summary>
    public string RefreshToken { get; }

    /// <summary>When the access token expires, by <see cref="BinanceEmulator.Clock"/>.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The id of the grant that both belong to.</summary>
    public string GrantId { get; }

    internal TimeSpan Lifetime { get; }
}
