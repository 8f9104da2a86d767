namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The default values of <see cref="BinanceAuthenticationOptions"/>.
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
    /// The authorization endpoint, which the user's browser opens. The first segment of its path is the language
    /// that <see cref="BinanceAuthenticationOptions.Locale"/> replaces.
    /// </summary>
    public const string AuthorizationEndpoint = "https://accounts.binance.com/en/oauth/authorize";

    /// <summary>
    /// The token endpoint, which exchanges a code or a refresh token for tokens.
    /// </summary>
    public const string TokenEndpoint = "https://accounts.binance.com/oauth/token";

    /// <summary>
    /// The endpoint of the user's identifier and e-mail address.
    /// </summary>
    public const string UserInformationEndpoint = "https://www.binanceapis.com/oauth-api/v1/user-info";

    /// <summary>
    /// The endpoint that revokes an access token.
    /// </summary>
    public const string RevocationEndpoint = "https://www.binanceapis.com/oauth-api/v1/revoke-token";
}
