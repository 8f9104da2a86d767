namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>What follows when the user refuses. Binance does not document it (W2), so a client must be right under both.</summary>
public enum DenialBehavior
{
    /// <summary>A redirect to the application with <c>error=access_denied</c> (RFC 6749 section 4.1.2.1).</summary>
    Redirect,

    /// <summary>A page that says that access was not granted. The application learns nothing.</summary>
    StayOnPage,
}
