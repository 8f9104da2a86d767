using Microsoft.AspNetCore.Authentication;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// A sign-in with Binance, or a call to Binance, failed. Neither the message nor any property holds a token, a code,
/// a secret, or the body of an answer, so that the whole of it can be logged.
/// </summary>
/// <param name="failure">Why it failed.</param>
/// <param name="message">The message. It must not hold anything secret.</param>
/// <param name="innerException">What caused it, if that was an exception.</param>
public class BinanceAuthenticationException(BinanceFailure failure, string message, Exception? innerException = null)
    : AuthenticationFailureException(message, innerException)
{
    /// <summary>
    /// Why it failed.
    /// </summary>
    public BinanceFailure Failure { get; } = failure;

    /// <summary>
    /// The error code that Binance gave (RFC 6749 sections 4.1.2.1 and 5.2, for example <c>invalid_grant</c>), or
    /// <see langword="null"/> if it gave none or one that is not shaped like an error code.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>
    /// Binance's own words for a developer, or <see langword="null"/>. At most 256 characters, without control characters.
    /// It comes from outside: encode it before showing it.
    /// </summary>
    public string? ErrorDescription { get; init; }

    /// <summary>
    /// The HTTP status of Binance's answer, or <see langword="null"/> if there was none.
    /// </summary>
    public int? StatusCode { get; init; }

    /// <summary>
    /// The code in Binance's envelope, for example <c>117041</c>, or <see langword="null"/> if there was none.
    /// </summary>
    public string? BinanceCode { get; init; }
}
