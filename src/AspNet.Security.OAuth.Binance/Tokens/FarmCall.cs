namespace AspNet.Security.OAuth.Binance.Tokens;

/// <summary>A call to the token endpoint that a web farm makes once.</summary>
/// <param name="Scheme">The scheme.</param>
/// <param name="Options">Its options.</param>
/// <param name="Secret">What is sent, and what only those know who may have the outcome: a refresh token, or a code with its state.</param>
/// <param name="Lifetime">How long the outcome is kept, or <see langword="null"/> for that of a refresh.</param>
internal readonly record struct FarmCall(string Scheme, BinanceAuthenticationOptions Options, string Secret, TimeSpan? Lifetime = null)
{
    /// <summary>How long it is known which processes hold the tokens of a code exchange: longer than a delivery takes.</summary>
    public static readonly TimeSpan HeldFor = TimeSpan.FromMinutes(10);

    /// <summary>Gets the id of the session whose tokens are refreshed, if it is known.</summary>
    public string? SessionId { get; init; }

    /// <summary>
    /// Gets a value indicating whether the outcome is needed to be revoked. Then it is read under the lock alone: what another process has sent is looked through
    /// for ends of sessions before its lock is released, and of both processes one revokes.
    /// </summary>
    public bool IsForRevocation { get; init; }

    /// <summary>Gets a value indicating whether a code is sent. A second use of it revokes what the first one got (RFC 6749 section 4.1.2).</summary>
    public bool IsCode => Lifetime is not null;
}
