namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The kinds of failure of a sign-in, or of a request to Binance. <see cref="Cancelled"/> and those after it occur in native applications only.
/// </summary>
public enum BinanceFailure
{
    /// <summary>
    /// An exception of the application's own code.
    /// </summary>
    Unknown = 0,

    /// <summary>
    /// The user, or Binance for the user, refused (RFC 6749 section 4.1.2.1, <c>access_denied</c>).
    /// </summary>
    AccessDenied,

    /// <summary>
    /// The authorization response has another error of RFC 6749 section 4.1.2.1; <see cref="BinanceAuthenticationException.Error"/> names it.
    /// </summary>
    AuthorizationError,

    /// <summary>
    /// The callback is not an authorization response: it has neither a code nor an error, or a parameter is repeated.
    /// </summary>
    InvalidCallback,

    /// <summary>
    /// The state is missing, was tampered with, or was not made by this application for this sign-in.
    /// </summary>
    InvalidState,

    /// <summary>
    /// The state is genuine, but this browser did not start the sign-in, finished it already, or took too long (RFC 6749 section 10.12).
    /// </summary>
    CorrelationFailed,

    /// <summary>
    /// Binance does not accept the client id and secret. The operator of the application has to act, not the user.
    /// </summary>
    InvalidClient,

    /// <summary>
    /// The code or the refresh token is not valid, or no longer (RFC 6749 section 5.2, <c>invalid_grant</c>).
    /// </summary>
    InvalidGrant,

    /// <summary>
    /// The token endpoint refused the request for another reason; <see cref="BinanceAuthenticationException.Error"/> has the error code if there is one.
    /// </summary>
    TokenError,

    /// <summary>
    /// User information or revocation was refused; <see cref="BinanceAuthenticationException.BinanceCode"/> has Binance's code if there is one.
    /// </summary>
    ApiError,

    /// <summary>
    /// The response is not what Binance documents: not JSON, a field that is missing, too long or of another type, too large, a redirect.
    /// </summary>
    InvalidResponse,

    /// <summary>
    /// Binance could not be reached, closed the connection, responded with 408, 429 or 5xx, or a firewall in front of it responded with a
    /// page. The request may succeed later. Also: too many sign-ins of this application are waiting for Binance.
    /// </summary>
    Unavailable,

    /// <summary>
    /// There was no complete response in time.
    /// </summary>
    Timeout,

    /// <summary>
    /// The user cancelled a native application's sign-in on Binance's page; <see cref="BinanceAuthenticationException.Error"/> is <c>access_denied</c>.
    /// </summary>
    Cancelled,

    /// <summary>
    /// A native application's sign-in was not finished in time, for example because the user closed the browser's window.
    /// </summary>
    Abandoned,

    /// <summary>
    /// A native application cannot listen on any of the ports that its redirect URI may have.
    /// </summary>
    PortUnavailable,

    /// <summary>
    /// A native application found no browser to open, or the browser could not be started.
    /// </summary>
    BrowserUnavailable,

    /// <summary>
    /// Another sign-in of this native application is in progress.
    /// </summary>
    SignInInProgress,

    /// <summary>
    /// No user is signed in to this native application.
    /// </summary>
    NotSignedIn,

    /// <summary>
    /// The token store of a native application cannot be read or written, or what it holds is not a session of this application.
    /// </summary>
    StoreUnavailable,
}
