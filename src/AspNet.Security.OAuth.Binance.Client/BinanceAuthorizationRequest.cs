using System.Security.Cryptography;
using System.Text;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// One authorization request (RFC 6749 section 4.1.1, RFC 7636 section 4.3): the URL that the user's browser opens, and what the
/// application keeps until the browser returns.
/// </summary>
public sealed class BinanceAuthorizationRequest
{
    /// <summary>
    /// Gets the URL that the user's browser opens.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Gets the redirect URI, which the code exchange has to repeat (RFC 6749 section 4.1.3).
    /// </summary>
    public required string RedirectUri { get; init; }

    /// <summary>
    /// Gets the state, which binds the callback to this request (RFC 6749 section 10.12).
    /// </summary>
    public required string State { get; init; }

    /// <summary>
    /// Gets the verifier of the proof key (RFC 7636 section 4.1). It is a secret until the code is exchanged.
    /// </summary>
    public required string CodeVerifier { get; init; }

    /// <summary>
    /// Returns the code of a callback that belongs to this request.
    /// </summary>
    /// <param name="callback">The URL that the browser returned to, with its query.</param>
    /// <returns>The code, for <see cref="BinanceOAuthClient.ExchangeCodeAsync"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="callback"/> is <see langword="null"/>.</exception>
    /// <exception cref="BinanceAuthenticationException">
    /// The user refused (<see cref="BinanceFailure.AccessDenied"/>), Binance reported another error, the state is not the one of this
    /// request (<see cref="BinanceFailure.InvalidState"/>), or the URL is not an authorization response (<see cref="BinanceFailure.InvalidCallback"/>).
    /// </exception>
    public string ReadCode(Uri callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var response = BinanceAuthorizationResponse.Parse(callback.IsAbsoluteUri ? callback.Query : QueryOf(callback.OriginalString));

        // The state is checked first: with another state the whole URL, its error included, may come from an attacker.
        if (response.State is not { } state
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(state), Encoding.UTF8.GetBytes(State)))
        {
            throw new BinanceAuthenticationException(BinanceFailure.InvalidState, "The callback was not accepted: its state is not the one of this sign-in.");
        }

        return response.GetCode();
    }

    private static string QueryOf(string url) => url.Split('#')[0] is var plain && plain.IndexOf('?', StringComparison.Ordinal) is var start and >= 0 ? plain[start..] : string.Empty;
}
