namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The cache that holds the sessions failed. What was to be read or written is not known.
/// </summary>
internal sealed class SessionsUnavailableException(Exception? innerException = null)
    : BinanceAuthenticationException(BinanceFailure.Unavailable, "The cache that holds the sessions is unavailable.", innerException);
