using AspNet.Security.OAuth.Binance.Protocol;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The endpoints of Binance's OAuth 2.0 server, or of a server that implements the same protocol, such as an emulator.
/// </summary>
public sealed class BinanceEndpoints
{
    private const string AuthorizationPath = "/en/oauth/authorize";
    private const string TokenPath = "/oauth/token";
    private const string UserInformationPath = "/oauth-api/v1/user-info";
    private const string RevocationPath = "/oauth-api/v1/revoke-token";

    /// <summary>
    /// Gets the endpoints of Binance.
    /// </summary>
    public static BinanceEndpoints Production { get; } = Of("https://accounts.binance.com", "https://accounts.binance.com", "https://www.binanceapis.com");

    /// <summary>
    /// Gets the authorization endpoint, which the user's browser opens. A path segment before <c>/oauth/authorize</c> is the language of the page.
    /// </summary>
    public required Uri Authorization { get; init; }

    /// <summary>
    /// Gets the token endpoint.
    /// </summary>
    public required Uri Token { get; init; }

    /// <summary>
    /// Gets the endpoint of the user's information.
    /// </summary>
    public required Uri UserInformation { get; init; }

    /// <summary>
    /// Gets the revocation endpoint.
    /// </summary>
    public required Uri Revocation { get; init; }

    /// <summary>
    /// Returns the endpoints of a server that has all four at one address.
    /// </summary>
    /// <param name="baseAddress">The address of the server, for example <c>http://localhost:5210</c>.</param>
    /// <returns>The endpoints.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="baseAddress"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The address is not an absolute http or https URL, or has a query or a fragment.</exception>
    public static BinanceEndpoints At(Uri baseAddress)
    {
        var root = Root(baseAddress, nameof(baseAddress));
        return Of(root, root, root);
    }

    /// <summary>
    /// Returns the endpoints of a server that browsers and this application reach at two addresses, as in a network of containers.
    /// </summary>
    /// <param name="publicAddress">The address that the user's browser opens.</param>
    /// <param name="backchannelAddress">The address that this application sends its own requests to.</param>
    /// <returns>The endpoints.</returns>
    /// <exception cref="ArgumentNullException">An address is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An address is not an absolute http or https URL, or has a query or a fragment.</exception>
    public static BinanceEndpoints At(Uri publicAddress, Uri backchannelAddress)
    {
        var backchannel = Root(backchannelAddress, nameof(backchannelAddress));
        return Of(Root(publicAddress, nameof(publicAddress)), backchannel, backchannel);
    }

    /// <summary>
    /// Determines whether a text has the form of a language of Binance's pages: two letters, and optionally a hyphen and a region of
    /// two to four letters, such as <c>tr</c> or <c>zh-TW</c>.
    /// </summary>
    /// <param name="locale">The text.</param>
    /// <returns><see langword="true"/> if it has that form. Whether Binance has pages in that language is not known.</returns>
    public static bool IsLocale(string? locale) => AuthorizeUrl.IsLanguage(locale);

    /// <summary>
    /// Replaces the language in the URL of an authorization endpoint, or of an authorization request.
    /// </summary>
    /// <param name="url">The URL. One without a language before <c>/oauth/authorize</c> is returned as it is.</param>
    /// <param name="locale">The language.</param>
    /// <returns>The URL in that language.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="url"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="locale"/> does not have the form of a language.</exception>
    public static string Localize(string url, string locale)
    {
        ArgumentNullException.ThrowIfNull(url);
        return IsLocale(locale) ? AuthorizeUrl.WithLanguage(url, locale) : throw new ArgumentException(AuthorizeUrl.LanguageRule, nameof(locale));
    }

    /// <summary>
    /// Removes the language from the URL of an authorization endpoint, or of an authorization request. Binance's app, where it is installed,
    /// opens the address without a language. A browser shows that address in the user's language.
    /// </summary>
    /// <param name="url">The URL. One without a language before <c>/oauth/authorize</c> is returned as it is.</param>
    /// <returns>The URL without a language.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="url"/> is <see langword="null"/>.</exception>
    public static string RemoveLanguage(string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return AuthorizeUrl.WithLanguage(url, null);
    }

    private static BinanceEndpoints Of(string accounts, string token, string api) => new()
    {
        Authorization = new Uri(accounts + AuthorizationPath),
        Token = new Uri(token + TokenPath),
        UserInformation = new Uri(api + UserInformationPath),
        Revocation = new Uri(api + RevocationPath),
    };

    private static string Root(Uri address, string parameter)
    {
        ArgumentNullException.ThrowIfNull(address, parameter);
        return address.IsAbsoluteUri
            && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
            && address.Query.Length == 0
            && address.Fragment.Length == 0
                ? address.AbsoluteUri.TrimEnd('/')
                : throw new ArgumentException("The address has to be an absolute http or https URL without query and fragment.", parameter);
    }
}
