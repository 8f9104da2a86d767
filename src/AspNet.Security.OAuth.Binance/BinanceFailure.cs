namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Why a sign-in, or a call to Binance, failed. In the query of <see cref="BinanceAuthenticationOptions.FailurePath"/>
/// the same names stand in snake case: <c>access_denied</c>.
/// </summary>
public enum BinanceFailure
{
    /// <summary>
    /// None of the others: an application's own <c>OnCreatingTicket</c> or claim action threw.
    /// </summary>
    Unknown = 0,

    /// <summary>
    /// The user, or Binance for the user, refused (RFC 6749 section 4.1.2.1, <c>access_denied</c>).
    /// </summary>
    AccessDenied,

    /// <summary>
    /// The browser came back with another error of RFC 6749 section 4.1.2.1; <see cref="BinanceAuthenticationException.Error"/> names it.
    /// </summary>
    AuthorizationError,

    /// <summary>
    /// What the browser came back with is no authorization response: there is neither code nor error, or a parameter stands there twice.
    /// </summary>
    InvalidCallback,

    /// <summary>
    /// The state is missing, was tampered with, or was not made by this site for this scheme.
    /// </summary>
    InvalidState,

    /// <summary>
    /// The state is genuine, but this browser did not start that sign-in, has finished it already, or took longer than
    /// <see cref="Microsoft.AspNetCore.Authentication.RemoteAuthenticationOptions.RemoteAuthenticationTimeout"/> (RFC 6749 section 10.12).
    /// </summary>
    CorrelationFailed,

    /// <summary>
    /// Binance does not accept this site's client id and secret. The site's operator has to act, not the user.
    /// </summary>
    InvalidClient,

    /// <summary>
    /// The code or the refresh token is not, or no longer, valid (RFC 6749 section 5.2, <c>invalid_grant</c>).
    /// </summary>
    InvalidGrant,

    /// <summary>
    /// The token endpoint refused the request for another reason; <see cref="BinanceAuthenticationException.Error"/> names it if Binance did.
    /// </summary>
    TokenError,

    /// <summary>
    /// User-info or revocation was refused; <see cref="BinanceAuthenticationException.BinanceCode"/> is Binance's code, if it gave one.
    /// </summary>
    ApiError,

    /// <summary>
    /// Binance answered with something that is not what it documents: not JSON, a field missing or of another type, too large, a redirect.
    /// </summary>
    InvalidResponse,

    /// <summary>
    /// Binance could not be reached, closed the connection, or answered with 429 or 5xx. Trying again later is worthwhile.
    /// </summary>
    Unavailable,

    /// <summary>
    /// Binance did not answer in time.
    /// </summary>
    Timeout,
}
