namespace AspNet.Security.OAuth.Binance.Emulator.Stores;

/// <summary>An authorize request that was found to be right.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="RedirectUri">Where the answer goes.</param>
/// <param name="EncodedState">The state as it was encoded on the wire: it goes back byte for byte.</param>
/// <param name="Scopes">What is asked for.</param>
/// <param name="CodeChallenge">The S256 challenge, when there was one.</param>
internal sealed record AuthorizeRequest(
    EmulatorClient Client,
    string RedirectUri,
    string? EncodedState,
    IReadOnlyList<string> Scopes,
    string? CodeChallenge);
