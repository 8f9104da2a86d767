using System.Security.Claims;
using AspNet.Security.OAuth.Binance.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// How a site signs its users in with Binance.
/// </summary>
public class BinanceAuthenticationOptions : OAuthOptions
{
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

        // Nobody waits a minute for a login page.
        BackchannelTimeout = TimeSpan.FromSeconds(10);

        // The answer is always a top-level GET (W3), so that Lax is enough, and unlike None it needs no HTTPS while developing.
        CorrelationCookie.SameSite = SameSiteMode.Lax;
        CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

        ClaimActions.MapJsonKey(ClaimTypes.NameIdentifier, "userId");
        ClaimActions.MapJsonKey(ClaimTypes.Email, "email");
    }

    /// <summary>
    /// Whether this client has no secret. Proof Key for Code Exchange is then mandatory, and <c>client_secret</c> is not
    /// part of any request, not even empty.
    /// </summary>
    /// <value>The default is <see langword="false"/>. With <see langword="true"/>, <see cref="OAuthOptions.ClientSecret"/> must stay unset.</value>
    public bool IsPublicClient { get; set; }

    /// <summary>
    /// Where an access token is revoked.
    /// </summary>
    /// <value>The default is <see cref="BinanceAuthenticationDefaults.RevocationEndpoint"/>.</value>
    public string RevocationEndpoint { get; set; } = BinanceAuthenticationDefaults.RevocationEndpoint;

    /// <summary>
    /// Whether signing out of the cookie that holds the tokens revokes the access token at Binance. A revocation that fails
    /// is a warning in the log; the user is signed out all the same. Signing out of ASP.NET Core Identity's external cookie,
    /// which every external login does at its end, revokes nothing.
    /// </summary>
    /// <value>
    /// The default is <see langword="true"/>, which needs <see cref="RemoteAuthenticationOptions.SaveTokens"/>. An application that keeps
    /// the tokens elsewhere, after signing in to a temporary cookie of its own, sets <see langword="false"/>.
    /// </value>
    public bool RevokeOnSignOut { get; set; } = true;

    /// <summary>
    /// How long a sign-out may wait for the revocation.
    /// </summary>
    /// <value>The default is 5 seconds.</value>
    public TimeSpan RevocationTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether the cookie that holds the tokens keeps them fresh: when a request comes with an access token that is about to expire,
    /// it is refreshed, once for all requests that come with it. Only Binance's refusal of the refresh token ends the session.
    /// A refresh never changes how long the session lasts.
    /// </summary>
    /// <value>The default is <see langword="true"/>, which needs <see cref="RemoteAuthenticationOptions.SaveTokens"/>.</value>
    public bool AutomaticRefresh { get; set; } = true;

    /// <summary>
    /// How long before its expiry an access token counts as about to expire. A token that lives shorter than twice as long is
    /// refreshed after half of its life instead.
    /// </summary>
    /// <value>The default is 5 minutes. It has no effect without <see cref="AutomaticRefresh"/>.</value>
    public TimeSpan RefreshBeforeExpiration { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where on this site the browser is sent when a sign-in failed, as <c>?failure=access_denied&amp;returnUrl=…</c>:
    /// <c>failure</c> is a <see cref="BinanceFailure"/> in snake case, <c>returnUrl</c> what the user wanted to open, if that is known.
    /// It is used after <see cref="RemoteAuthenticationEvents.OnRemoteFailure"/>, when that handler leaves the failure alone;
    /// a refusal goes to <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/> when that is set. Anybody can open that page with
    /// any values: show words of your own for <c>failure</c>, and follow <c>returnUrl</c> only if it stays on the site.
    /// </summary>
    /// <value>The default is unset: the failure is thrown as an exception, as the framework's own handlers do.</value>
    public PathString FailurePath { get; set; }

    /// <summary>
    /// The language of Binance's pages: the segment before <c>/oauth/authorize</c> in <see cref="OAuthOptions.AuthorizationEndpoint"/>.
    /// An endpoint without such a segment is left as it is. <see cref="BinanceChallengeProperties.Locale"/> sets it for one challenge.
    /// </summary>
    /// <value>The default is <c>en</c>.</value>
    public string Locale { get; set; } = "en";

    /// <summary>
    /// Points all four endpoints at another server that speaks Binance's protocol: an emulator or a stub.
    /// </summary>
    /// <param name="baseAddress">The server's base address, for example <c>http://localhost:5210</c>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="baseAddress"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="baseAddress"/> is not an absolute http or https URL, or has a query or a fragment.</exception>
    public void UseServer(Uri baseAddress)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        if (!OptionsRules.IsHttp(baseAddress) || baseAddress.Query.Length > 0 || baseAddress.Fragment.Length > 0)
        {
            throw new ArgumentException("The base address has to be an absolute http or https URL without query and fragment.", nameof(baseAddress));
        }

        var root = baseAddress.AbsoluteUri.TrimEnd('/');
        AuthorizationEndpoint = root + "/en/oauth/authorize";
        TokenEndpoint = root + "/oauth/token";
        UserInformationEndpoint = root + "/oauth-api/v1/user-info";
        RevocationEndpoint = root + "/oauth-api/v1/revoke-token";
    }

    internal TimeProvider Clock() => TimeProvider ?? TimeProvider.System;

    /// <summary>
    /// Checks the options of one scheme, when the application starts.
    /// </summary>
    /// <param name="scheme">The scheme's name.</param>
    /// <exception cref="OptionsValidationException">At least one option is wrong; each wrong one is explained by its name.</exception>
    /// <exception cref="InvalidOperationException"><see cref="RemoteAuthenticationOptions.SignInScheme"/> is this scheme itself.</exception>
    public override void Validate(string scheme)
    {
        OptionsRules.Check(this, scheme);
        base.Validate(scheme);
    }

    /// <summary>
    /// Checks the options.
    /// </summary>
    /// <exception cref="OptionsValidationException">At least one option is wrong; each wrong one is explained by its name.</exception>
    public override void Validate() => OptionsRules.Check(this, BinanceAuthenticationDefaults.AuthenticationScheme);
}
