namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// Each call that the provider makes to Binance.
/// </summary>
public enum ServerCall
{
    /// <summary>The code for tokens (W4), when the browser comes back.</summary>
    CodeExchange,

    /// <summary>Who the user is (W6), right after.</summary>
    UserInformation,

    /// <summary>New tokens for a session (W5), on any page.</summary>
    Refresh,

    /// <summary>The end of the access token (W7), at sign-out.</summary>
    Revocation,
}
