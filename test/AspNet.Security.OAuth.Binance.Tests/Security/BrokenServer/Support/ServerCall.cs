namespace AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;

/// <summary>
/// Each call that the provider makes to Binance.
/// </summary>
public enum ServerCall
{
    /// <summary>The code exchange (W4), at the callback.</summary>
    CodeExchange,

    /// <summary>User-info (W6), after the code exchange.</summary>
    UserInformation,

    /// <summary>A refresh (W5), at any page.</summary>
    Refresh,

    /// <summary>The revocation of the access token (W7), at sign-out.</summary>
    Revocation,
}
