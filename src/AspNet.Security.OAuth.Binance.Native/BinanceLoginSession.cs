namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The session of a signed-in user, as it is at one moment. It has no token: <see cref="BinanceLogin.GetAccessTokenAsync"/> returns one that is good.
/// </summary>
public sealed class BinanceLoginSession
{
    /// <summary>
    /// Gets the user.
    /// </summary>
    /// <value><see cref="BinanceUser.Raw"/> is there after a sign-in; it is not kept for the next start of the application.</value>
    public required BinanceUser User { get; init; }

    /// <summary>
    /// Gets the time at which the access token expires. It is refreshed before that, and the session goes on.
    /// </summary>
    /// <value><see langword="null"/> if Binance did not say.</value>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }
}
