namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// A snapshot of a signed-in user's session. It has no token: <see cref="BinanceLogin.GetAccessTokenAsync"/> returns a valid one.
/// </summary>
public sealed class BinanceLoginSession
{
    /// <summary>
    /// Gets the user.
    /// </summary>
    /// <value><see cref="BinanceUser.Raw"/> is set after a sign-in; it is not stored for the next start of the application.</value>
    public required BinanceUser User { get; init; }

    /// <summary>
    /// Gets the time at which the access token expires. It is refreshed before that, and the session continues.
    /// </summary>
    /// <value><see langword="null"/> if Binance did not send it.</value>
    public DateTimeOffset? AccessTokenExpiresAt { get; init; }
}
