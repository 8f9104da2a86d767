namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The response to a denial by the user. Binance does not document it (W2), so a client must handle both.</summary>
public enum DenialBehavior
{
    /// <summary>A redirect to the application with <c>error=access_denied</c> (RFC 6749 section 4.1.2.1).</summary>
    Redirect,

    /// <summary>A page that says that access was not granted. The application is not notified.</summary>
    StayOnPage,
}
