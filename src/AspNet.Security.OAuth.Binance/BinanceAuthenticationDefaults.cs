namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The values that <see cref="BinanceAuthenticationOptions"/> starts with.
/// </summary>
public static class BinanceAuthenticationDefaults
{
    /// <summary>
    /// The name of the authentication scheme, and of its section below <c>Authentication:Schemes</c>: <c>Binance</c>.
    /// </summary>
    public const string AuthenticationScheme = "Binance";

    /// <summary>
    /// The name that a login page shows: <c>Binance</c>.
    /// </summary>
    public const string DisplayName = "Binance";

    /// <summary>
    /// The issuer of the claims: <c>Binance</c>.
    /// </summary>
    public const string Issuer = "Binance";

    /// <summary>
    /// The path on this site that Binance sends the browser back to: <c>/signin-binance</c>.
    /// </summary>
    public const string CallbackPath = "/signin-binance";

    /// <summary>
    /// Where the browser is sent to sign in. The first segment of its path is the language
    /// that <see cref="BinanceAuthenticationOptions.Locale"/> replaces.
    /// </summary>
    public const string AuthorizationEndpoint = "https://accounts.binance.com/en/oauth/authorize";

    /// <summary>
    /// Where a code or a refresh token is exchanged for tokens.
    /// </summary>
    public const string TokenEndpoint = "https://accounts.binance.com/oauth/token";

    /// <summary>
    /// Where the user's identifier and e-mail address are read.
    /// </summary>
    public const string UserInformationEndpoint = "https://www.binanceapis.com/oauth-api/v1/user-info";

    /// <summary>
    /// Where an access token is revoked.
    /// </summary>
    public const string RevocationEndpoint = "https://www.binanceapis.com/oauth-api/v1/revoke-token";
}
