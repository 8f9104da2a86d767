using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Options of <see cref="BinanceAuthenticationHandler"/>.
/// </summary>
public class BinanceAuthenticationOptions : OAuthOptions
{
    // A refresh and a code exchange cannot be repeated: they continue when their callers stop waiting, after BackchannelTimeout.
    private static readonly TimeSpan _longestCall = TimeSpan.FromSeconds(60);

    private BinanceEndpoints? _endpoints;
    private Clients? _clients;

    /// <summary>
    /// Creates options with the values of <see cref="BinanceAuthenticationDefaults"/>.
    /// </summary>
    public BinanceAuthenticationOptions()
    {
        ClaimsIssuer = BinanceAuthenticationDefaults.Issuer;
        CallbackPath = BinanceAuthenticationDefaults.CallbackPath;
        AuthorizationEndpoint = BinanceAuthenticationDefaults.AuthorizationEndpoint;
        TokenEndpoint = BinanceAuthenticationDefaults.TokenEndpoint;
        UserInformationEndpoint = BinanceAuthenticationDefaults.UserInformationEndpoint;

        Scope.Add(BinanceAuthenticationConstants.Scopes.OpenId);
        UsePkce = true;
        SaveTokens = true;

        // 10 s instead of the base class's 60 s: the user waits for this call.
        BackchannelTimeout = TimeSpan.FromSeconds(10);

        // The callback is a top-level GET (W3), for which Lax is enough, and unlike None it needs no HTTPS in development.
        CorrelationCookie.SameSite = SameSiteMode.Lax;
        CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

        ClaimActions.MapJsonKey(ClaimTypes.NameIdentifier, "userId");
        ClaimActions.MapJsonKey(ClaimTypes.Email, "email");
    }

    /// <summary>
    /// Gets or sets a value indicating whether this client has no secret (RFC 6749 section 2.1). Proof Key for Code Exchange is then
    /// mandatory, and no request has a <c>client_secret</c>, not even an empty one.
    /// </summary>
    /// <value>The default is <see langword="false"/>. With <see langword="true"/>, <see cref="OAuthOptions.ClientSecret"/> must stay unset.</value>
    public bool IsPublicClient { get; set; }

    /// <summary>
    /// Gets or sets the endpoint that revokes an access token.
    /// </summary>
    /// <value>The default is <see cref="BinanceAuthenticationDefaults.RevocationEndpoint"/>.</value>
    public string RevocationEndpoint { get; set; } = BinanceAuthenticationDefaults.RevocationEndpoint;

    /// <summary>
    /// Gets or sets a value indicating whether the endpoints have to be https. Plain http is accepted on the loopback interface, where an
    /// emulator is. The same holds for the calls of an HTTP client with <c>AddBinanceAccessToken</c>.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>: over plain http the client secret, codes and tokens can be read in transit (RFC 6749
    /// section 3.2, RFC 9700 section 2.6). <see langword="false"/> is for a network that others cannot read, such as one of containers.
    /// </value>
    public bool RequireHttpsEndpoints { get; set; } = true;

    /// <summary>
    /// Gets or sets a value indicating whether signing out of the cookie that holds the tokens revokes the access token at Binance. A revocation that fails
    /// is a warning in the log; the user is signed out nevertheless. Signing out of ASP.NET Core Identity's external cookie,
    /// which every external login does at its end, revokes nothing.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>, which needs <see cref="RemoteAuthenticationOptions.SaveTokens"/>. An application that keeps
    /// the tokens elsewhere, after signing in to a temporary cookie of its own, sets <see langword="false"/>.
    /// </value>
    public bool RevokeOnSignOut { get; set; } = true;

    /// <summary>
    /// Gets or sets the time that a sign-out may wait in all: for a refresh in progress, for the web farm's cache, and for the
    /// revocation. What takes longer continues after the response, and is logged.
    /// </summary>
    /// <value>
    /// The default is 5 seconds. A request to the cookie's <see cref="Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions.LogoutPath"/>, or to the
    /// logout endpoint of <c>MapBinanceLogin</c>, refreshes no tokens before it signs out. Elsewhere a request whose access token has expired waits for the refresh first.
    /// </value>
    public TimeSpan RevocationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Gets or sets a value indicating whether the cookie that holds the tokens keeps them fresh: an access token that is about to
    /// expire is refreshed, once for all requests that carry it. Only Binance's refusal of the refresh token ends the session.
    /// A refresh never changes how long the session lasts.
    /// </summary>
    /// <value>The default is <see langword="true"/>, which needs <see cref="RemoteAuthenticationOptions.SaveTokens"/>.</value>
    public bool AutomaticRefresh { get; set; } = true;

    /// <summary>
    /// Gets or sets a value indicating whether a session ends when Binance refuses to refresh its tokens. Otherwise the session continues
    /// without tokens: <c>GetTokenAsync</c> returns <see langword="null"/>, and a client of <c>AddBinanceAccessToken</c> throws, until the user signs in again.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>. <see langword="false"/> is for permissions that end by design, such as <c>create:apikey</c>, whose
    /// access token ends with the creation of the key. It has no effect without <see cref="AutomaticRefresh"/>.
    /// </value>
    public bool EndSessionWhenRefused { get; set; } = true;

    /// <summary>
    /// Gets or sets the time before its expiry at which an access token counts as about to expire. A token whose lifetime is shorter than twice this time is
    /// refreshed after half of its lifetime instead.
    /// </summary>
    /// <value>The default is 5 minutes. It has no effect without <see cref="AutomaticRefresh"/>.</value>
    public TimeSpan RefreshBeforeExpiration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Gets or sets the path on this site to which the browser is sent when a sign-in failed, as <c>?failure=access_denied&amp;returnUrl=…</c>:
    /// <c>failure</c> is a <see cref="BinanceFailure"/> in snake case, <c>returnUrl</c> the page that the user wanted to open, if that is known.
    /// It is used after <see cref="RemoteAuthenticationEvents.OnRemoteFailure"/>, when that event does not handle the failure;
    /// a refusal goes to <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/> when that is set. An exception of the application's own code or of the
    /// sign-in scheme ends there as well, as <c>unknown</c>. The page has to allow anonymous users. Anybody can open it with
    /// any values: show texts of your own for <c>failure</c>, and follow <c>returnUrl</c> only if it stays on the site.
    /// </summary>
    /// <value>The default is unset: the failure is thrown as an exception, as in the framework's own handlers.</value>
    public PathString FailurePath { get; set; }

    /// <summary>
    /// Gets or sets the language of Binance's pages: the segment before <c>/oauth/authorize</c> in <see cref="OAuthOptions.AuthorizationEndpoint"/>.
    /// An endpoint without such a segment is left as it is. <see cref="BinanceChallengeProperties.Locale"/> sets it for one challenge.
    /// </summary>
    /// <value>The default is <c>en</c>.</value>
    public string Locale { get; set; } = "en";

    /// <summary>
    /// Returns a client with the current values: as with the framework's handlers, an application may change options while it runs.
    /// </summary>
    internal BinanceOAuthClient GetClient() => GetClients().Client;

    /// <summary>Returns the client of sign-ins, without a timeout: its callers apply <see cref="LongestCall"/>.</summary>
    internal BinanceOAuthClient GetSignInClient() => GetClients().SignInClient;

    internal TimeSpan LongestCall => BackchannelTimeout > _longestCall ? BackchannelTimeout : _longestCall;

    internal TimeProvider Clock => TimeProvider ?? TimeProvider.System;

    /// <summary>
    /// Points all four endpoints at another server that implements Binance's protocol, such as an emulator.
    /// </summary>
    /// <param name="baseAddress">The address of the server, for example <c>http://localhost:5210</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="baseAddress"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="baseAddress"/> is not an absolute http or https URL, or has a query or a fragment.</exception>
    public void UseServer(Uri baseAddress) => Use(BinanceEndpoints.At(baseAddress));

    /// <summary>
    /// Points all four endpoints at another server that browsers and this site reach at two addresses, as in a network of containers. An
    /// address on plain http that is not a loopback address needs <see cref="RequireHttpsEndpoints"/> switched off.
    /// </summary>
    /// <param name="publicAddress">The address that the user's browser opens, for example <c>http://localhost:5210</c>.</param>
    /// <param name="backchannelAddress">The address that this site sends its own requests to, for example <c>http://emulator:5210</c>.</param>
    /// <exception cref="ArgumentNullException">An address is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An address is not an absolute http or https URL, or has a query or a fragment.</exception>
    public void UseServer(Uri publicAddress, Uri backchannelAddress) => Use(BinanceEndpoints.At(publicAddress, backchannelAddress));

    /// <summary>
    /// Checks the options of one scheme, when the application starts. It replaces the base class's check, which demands a secret of every client.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="OptionsValidationException">At least one option is wrong; each wrong one is explained by its name.</exception>
    /// <exception cref="InvalidOperationException"><see cref="RemoteAuthenticationOptions.SignInScheme"/> is this scheme itself.</exception>
    public override void Validate(string scheme)
    {
        Check(scheme);
        base.Validate(scheme);
    }

    /// <summary>
    /// Checks the options of the scheme <see cref="BinanceAuthenticationDefaults.AuthenticationScheme"/>.
    /// </summary>
    /// <exception cref="OptionsValidationException">At least one option is wrong; each wrong one is explained by its name.</exception>
    public override void Validate() => Check(BinanceAuthenticationDefaults.AuthenticationScheme);

    // Parsed again only when an endpoint was changed.
    private BinanceEndpoints GetEndpoints()
        => _endpoints is { } known
            && known.Authorization.OriginalString == AuthorizationEndpoint
            && known.Token.OriginalString == TokenEndpoint
            && known.UserInformation.OriginalString == UserInformationEndpoint
            && known.Revocation.OriginalString == RevocationEndpoint
                ? known
                : _endpoints = new()
                {
                    Authorization = new Uri(AuthorizationEndpoint),
                    Token = new Uri(TokenEndpoint),
                    UserInformation = new Uri(UserInformationEndpoint),
                    Revocation = new Uri(RevocationEndpoint),
                };

    private Clients GetClients()
    {
        var (endpoints, secret) = (GetEndpoints(), IsPublicClient ? null : ClientSecret);
        if (_clients is { Client: var known }
            && _clients.Backchannel == Backchannel
            && known.Endpoints == endpoints
            && known.ClientId == ClientId
            && known.ClientSecret == secret
            && known.Timeout == BackchannelTimeout
            && known.RevocationTimeout == RevocationTimeout
            && known.RequireHttpsEndpoints == RequireHttpsEndpoints
            && known.TimeProvider == Clock)
        {
            return _clients;
        }

        return _clients = new(Backchannel, Create(BackchannelTimeout), Create(Timeout.InfiniteTimeSpan));

        BinanceOAuthClient Create(TimeSpan timeout) => new(Backchannel)
        {
            ClientId = ClientId,
            ClientSecret = secret,
            Endpoints = endpoints,
            Timeout = timeout,
            RefreshTimeout = LongestCall,
            RevocationTimeout = RevocationTimeout,
            RequireHttpsEndpoints = RequireHttpsEndpoints,
            TimeProvider = Clock,
        };
    }

    private void Use(BinanceEndpoints endpoints)
    {
        AuthorizationEndpoint = endpoints.Authorization.AbsoluteUri;
        TokenEndpoint = endpoints.Token.AbsoluteUri;
        UserInformationEndpoint = endpoints.UserInformation.AbsoluteUri;
        RevocationEndpoint = endpoints.Revocation.AbsoluteUri;
    }

    private void Check(string scheme)
    {
        var faults = BinanceAuthenticationOptionsRules.FaultsOf(this, scheme).ToArray();
        if (faults.Length > 0)
        {
            throw new OptionsValidationException(scheme, typeof(BinanceAuthenticationOptions), faults);
        }
    }

    private sealed record Clients(HttpClient Backchannel, BinanceOAuthClient Client, BinanceOAuthClient SignInClient);
}
