namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>The refusal of an authorize request: exactly one of the two parameters is set.</summary>
/// <param name="Problem">The problem of a request without a verified client and redirect URI. It must not redirect.</param>
/// <param name="Redirect">The redirect with the error to the client.</param>
internal sealed record AuthorizeRefusal(Problem? Problem, EmulatorResponse? Redirect)
{
    /// <summary>Gets a value indicating whether the client is known and another parameter is wrong.</summary>
    public bool IsOfKnownClient { get; init; }
}
