namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Names that belong to Binance's OAuth 2.0 protocol.
/// </summary>
public static class BinanceAuthenticationConstants
{
    /// <summary>
    /// The permissions that an application can request with <see cref="Microsoft.AspNetCore.Authentication.OAuth.OAuthOptions.Scope"/>.
    /// Binance agrees with each partner which ones it grants: a scope that is not listed here can be requested by its own name.
    /// </summary>
    public static class Scopes
    {
        /// <summary>
        /// Lets the application read a stable identifier of the user: <c>user:openId</c>.
        /// </summary>
        public const string OpenId = "user:openId";

        /// <summary>
        /// Lets the application read the user's e-mail address: <c>user:email</c>.
        /// </summary>
        public const string Email = "user:email";

        /// <summary>
        /// Lets the application create an API key for the user: <c>create:apikey</c>.
        /// </summary>
        public const string CreateApiKey = "create:apikey";
    }
}
