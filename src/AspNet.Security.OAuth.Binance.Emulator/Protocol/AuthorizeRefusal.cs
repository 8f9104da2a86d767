namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>Why an authorize request is refused: exactly one of the two is set.</summary>
/// <param name="Problem">The problem, when the client or its redirect URI is not known to be right. No redirect happens then.</param>
/// <param name="Redirect">The redirect with the error to the client.</param>
internal sealed record AuthorizeRefusal(Problem? Problem, EmulatorResponse? Redirect)
{
    /// <summary>Gets a value indicating whether the client is known, and something else is wrong.</summary>
    public bool IsOfKnownClient { get; init; }
}
