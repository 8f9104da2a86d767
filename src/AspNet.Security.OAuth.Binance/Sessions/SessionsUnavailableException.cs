namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// The cache that holds the sessions failed. Whether the operation took effect is not known.
/// </summary>
internal sealed class SessionsUnavailableException(Exception? innerException = null)
    : BinanceAuthenticationException(BinanceFailure.Unavailable, "The cache that holds the sessions is unavailable.", innerException);
