namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A grant type of the token endpoint (RFC 6749 section 1.3).</summary>
internal interface IGrantType
{
    /// <summary>Gets the value of the parameter <c>grant_type</c> that selects this grant type.</summary>
    string Name { get; }

    /// <summary>Handles a token request of this grant type.</summary>
    /// <param name="client">The authenticated client.</param>
    /// <param name="parameters">The request's parameters, none of them repeated.</param>
    /// <returns>The response: tokens, or an error of RFC 6749 section 5.2.</returns>
    EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters);
}
