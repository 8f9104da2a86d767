using AspNet.Security.OAuth.Binance.Emulator.Stores;

namespace AspNet.Security.OAuth.Binance.Emulator.Protocol;

/// <summary>A grant type of the token endpoint (RFC 6749 section 1.3).</summary>
internal interface IGrantType
{
    /// <summary>Gets the value of the parameter <c>grant_type</c> that selects this grant type.</summary>
    string Name { get; }

    /// <summary>Gets the heading of such a request on the status page.</summary>
    string Heading { get; }

    /// <summary>Gets a value indicating whether the request begins a session. The status page always shows it, in a row of its own.</summary>
    bool BeginsSession { get; }

    /// <summary>Handles a token request of this grant type.</summary>
    /// <param name="client">The authenticated client.</param>
    /// <param name="parameters">The request's parameters, none of them repeated.</param>
    /// <returns>The response: tokens, or an error of RFC 6749 section 5.2.</returns>
    EmulatorResponse Handle(EmulatorClient client, EmulatorParameters parameters);

    /// <summary>Finds the grant of a request, also of one that is refused, for the journal.</summary>
    /// <param name="parameters">The parameters of a request to any endpoint.</param>
    /// <returns>The grant; <see langword="null"/> when the parameters contain no code or token of this grant type, or an unknown one.</returns>
    Grant? FindGrant(EmulatorParameters parameters);
}
