namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>A valid authorize request.</summary>
/// <param name="Client">The client.</param>
/// <param name="RedirectUri">The URI that the response is sent to.</param>
/// <param name="EncodedState">The state as it was encoded in the request, because it is returned byte for byte.</param>
/// <param name="Scopes">The requested scopes.</param>
/// <param name="CodeChallenge">The S256 challenge, if there is one.</param>
internal sealed record AuthorizeRequest(
    EmulatorClient Client,
    string RedirectUri,
    string? EncodedState,
    IReadOnlyList<string> Scopes,
    string? CodeChallenge)
{
    /// <summary>Gets the id of the grant, if the user consents.</summary>
    public string GrantId { get; } = RandomValue.GrantId();
}
