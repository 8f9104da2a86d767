namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// One session of a user on the server.
/// </summary>
public sealed class BinanceSessionInfo
{
    /// <summary>
    /// Gets the id of the session, by which <see cref="BinanceSessions.EndAsync"/> ends it. It is not secret: the session cannot be opened with it.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>
    /// Gets the scheme that authenticated the user.
    /// </summary>
    public required string Scheme { get; init; }

    /// <summary>
    /// Gets the scheme of the cookie that holds the session's key.
    /// </summary>
    public required string CookieScheme { get; init; }

    /// <summary>
    /// Gets the time at which the user signed in, in whole seconds.
    /// </summary>
    public required DateTimeOffset SignedInAt { get; init; }

    /// <summary>
    /// Gets the time at which the session expires. Sliding expiration moves it.
    /// </summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
