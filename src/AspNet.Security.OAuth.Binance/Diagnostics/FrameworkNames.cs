namespace AspNet.Security.OAuth.Binance.Diagnostics;

/// <summary>
/// Internal names of the framework for which it has no public extension point. A test compares them with the framework's own values.
/// </summary>
internal static class FrameworkNames
{
    /// <summary>The item of a ticket that names the scheme that issued it (<c>RemoteAuthenticationHandler</c>).</summary>
    public const string AuthSchemeItem = ".AuthScheme";

    /// <summary>The item of a ticket that names the provider of an external login (<c>SignInManager</c>).</summary>
    public const string LoginProviderItem = "LoginProvider";

    /// <summary>The prefix of a token's name among the items of a ticket (<c>AuthenticationTokenExtensions</c>).</summary>
    public const string TokenItemPrefix = ".Token.";

    /// <summary>The claim that holds the key of a stored session (<c>CookieAuthenticationHandler</c>).</summary>
    public const string SessionIdClaim = "Microsoft.AspNetCore.Authentication.Cookies-SessionId";
}
