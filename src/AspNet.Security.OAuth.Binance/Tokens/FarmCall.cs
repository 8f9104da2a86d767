namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>A call to the token endpoint that a web farm makes once.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Options">Its options.</param>
/// <param name="Secret">A value that only callers who may get the outcome know: a refresh token, or the hash of a code and its state.</param>
/// <param name="Lifetime">How long the outcome is kept, or <see langword="null"/> for that of a refresh.</param>
internal readonly record struct FarmCall(string Scheme, BinanceAuthenticationOptions Options, string Secret, TimeSpan? Lifetime = null)
{
    /// <summary>How long the number of processes that hold the tokens of a code exchange is kept: longer than a delivery takes.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(10);

    /// <summary>Gets the id of the session whose tokens are refreshed, if it is known.</summary>
    public string? SessionId { get; init; }

    /// <summary>
    /// Gets a value indicating whether the outcome is read for its revocation, which requires the lock: a process that refreshes checks
    /// for the ends of sessions before it releases the lock, so that exactly one of both processes revokes.
    /// </summary>
    public bool IsForRevocation { get; init; }

    /// <summary>Gets a value indicating whether a code is sent. A second use of a code may revoke the tokens of the first (RFC 6749 section 4.1.2).</summary>
    public bool IsCode => Lifetime is not null;
}
