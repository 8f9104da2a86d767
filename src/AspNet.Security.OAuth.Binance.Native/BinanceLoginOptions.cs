namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// The options of a <see cref="BinanceLogin"/>. They are read when it is created. There is no client secret: one that is part of an
/// application on users' machines is not secret (RFC 8252 section 8.5).
/// </summary>
public class BinanceLoginOptions
{
    /// <summary>
    /// Gets or sets the client id that Binance gave.
    /// </summary>
    /// <value>There is no default. It is required.</value>
    public string ClientId { get; set; } = string.Empty;

    /// <summary>
    /// Gets the permissions to request.
    /// </summary>
    /// <value>The default is <c>user:openId</c>, without which there is no user.</value>
    public ICollection<string> Scope { get; } = new HashSet<string>(StringComparer.Ordinal) { "user:openId" };

    /// <summary>
    /// Gets or sets the redirect URI, as it is registered at Binance.
    /// </summary>
    /// <value>
    /// The default is <c>http://127.0.0.1/signin-binance</c>. A URI on the loopback interface (<c>127.0.0.1</c>, <c>[::1]</c>, or
    /// <c>localhost</c>, which is both) is listened to during a sign-in (RFC 8252 section 7.3). Without a port, the port is one of
    /// <see cref="LoopbackPorts"/>. Any other is a private-use scheme with a dot in it, such as <c>com.example.app:/signin-binance</c>
    /// (section 7.1), or an https address that the platform hands to the application (section 7.2): then <see cref="Browser"/> returns
    /// the callback, or the application calls <see cref="BinanceLogin.BeginSignIn"/> and <see cref="BinanceLogin.CompleteSignInAsync"/>.
    /// </value>
    public string RedirectUri { get; set; } = "http://127.0.0.1/signin-binance";

    /// <summary>
    /// Gets the ports that a loopback redirect URI without a port may have, in the order in which they are tried.
    /// </summary>
    /// <value>The default is none: a free port that the system chooses. Whether Binance compares the port is unknown: if it does, list those that are registered.</value>
    public ICollection<int> LoopbackPorts { get; } = [];

    /// <summary>
    /// Gets or sets the time that a user has to finish a sign-in.
    /// </summary>
    /// <value>The default is 5 minutes. Then the sign-in ends as <see cref="BinanceFailure.Abandoned"/>.</value>
    public TimeSpan SignInTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the language of Binance's pages, for example <c>tr</c>.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: the address has no language, so that Binance's app can open it where it is installed.
    /// </value>
    public string? Locale { get; set; }

    /// <summary>
    /// Gets the parameters to add to the authorization request, for example <c>bundleID</c>.
    /// </summary>
    /// <value>The default is none. The protocol's own parameters cannot be set.</value>
    public IDictionary<string, string> AdditionalAuthorizationParameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// Gets or sets the time before its expiry at which an access token counts as about to expire. A token whose lifetime is shorter than twice this time is
    /// refreshed after half of its lifetime instead.
    /// </summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan RefreshBeforeExpiration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the time that a request to Binance may take, and that callers wait for a refresh, which continues without them.
    /// </summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan BackchannelTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the time that a sign-out may take: at most half of it for a refresh in progress, the rest for the revocation.
    /// </summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan RevocationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets the HTTP handler of the requests to Binance, for example one with a proxy. Redirects are switched off in it. It is not disposed.
    /// </summary>
    /// <value>The default is <see langword="null"/>: one of <see cref="BinanceOAuthClient.CreateHttpHandler"/>.</value>
    public HttpMessageHandler? BackchannelHttpHandler { get; set; }

    /// <summary>
    /// Gets or sets the endpoints.
    /// </summary>
    /// <value>The default is <see cref="BinanceEndpoints.Production"/>. <see cref="BinanceEndpoints.At(Uri)"/> has those of an emulator.</value>
    public BinanceEndpoints Endpoints { get; set; } = BinanceEndpoints.Production;

    /// <summary>
    /// Gets or sets a value indicating whether endpoints, and the addresses of <see cref="BinanceLogin.CreateHttpClient"/>, have to be https. Plain http
    /// is accepted on the loopback interface.
    /// </summary>
    /// <value>The default is <see langword="true"/>: over plain http codes and tokens can be read in transit (RFC 6749 section 3.2).</value>
    public bool RequireHttpsEndpoints { get; set; } = true;

    /// <summary>
    /// Gets or sets the service that opens the browser.
    /// </summary>
    /// <value>The default is a <see cref="SystemBrowser"/>, or the service of that type where <c>AddBinanceLogin</c> was called.</value>
    public IBinanceBrowser? Browser { get; set; }

    /// <summary>
    /// Gets or sets the store of the session.
    /// </summary>
    /// <value>
    /// The default is memory: the session ends with the application. A <see cref="FileTokenStore"/> keeps it. Where <c>AddBinanceLogin</c> was called, the
    /// default is the service of that type.
    /// </value>
    public IBinanceTokenStore? TokenStore { get; set; }

    /// <summary>
    /// Gets or sets the clock.
    /// </summary>
    /// <value>
    /// The default is <see cref="System.TimeProvider.System"/>, or the service of that type where <c>AddBinanceLogin</c> was called.
    /// </value>
    public TimeProvider? TimeProvider { get; set; }
}
