using System.Security.Claims;
using System.Text.Encodings.Web;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Tokens;
using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Signs users in with Binance: the authorization code flow of RFC 6749 section 4.1 with the proof key of RFC 7636,
/// as Binance speaks it.
/// </summary>
/// <param name="options">The options of every scheme.</param>
/// <param name="logger">Makes the loggers.</param>
/// <param name="encoder">Encodes URLs.</param>
public partial class BinanceAuthenticationHandler(
    IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<BinanceAuthenticationOptions>(options, logger, encoder), IAuthenticationSignOutHandler
{
    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (string.IsNullOrEmpty(properties.RedirectUri))
        {
            properties.RedirectUri = LocalUrl(OriginalPathBase + OriginalPath + Request.QueryString);
        }

        // This answer's state and cookie are one browser's. A shared cache that kept them would give everybody the same.
        Response.Headers.CacheControl = "no-store";

        GenerateCorrelationId(properties);
        var url = BuildChallengeUrl(properties, BuildRedirectUri(Options.CallbackPath));
        await Events.RedirectToAuthorizationEndpoint(new RedirectContext<OAuthOptions>(Context, Scheme, Options, properties, url));

        // Not the base's method, because that writes the state and the correlation cookie into the log.
        Log.Challenged(Logger, Scheme.Name);
    }

    // A request for "//evil.example" is one for a path. As a redirect it would be one for another site.
    private static string LocalUrl(string pathAndQuery)
    {
        var path = pathAndQuery.AsSpan().TrimStart("/\\");
        return path.Length == pathAndQuery.Length - 1 && pathAndQuery[0] is '/' ? pathAndQuery : string.Concat("/", path);
    }

    /// <summary>
    /// Builds the authorize URL, in the language that was asked for. Not by the base's method, which takes a dictionary and several copies
    /// of the URL to do so.
    /// </summary>
    /// <param name="properties">The challenge, with its own scope and language if it has any.</param>
    /// <param name="redirectUri">Where Binance sends the browser back to.</param>
    /// <returns>The URL.</returns>
    /// <exception cref="InvalidOperationException">The challenge's language is not shaped like one.</exception>
    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var language = properties.GetParameter<string>(BinanceChallengeProperties.LocaleKey) ?? Options.Locale;
        if (!AuthorizeUrl.IsLanguage(language))
        {
            throw new InvalidOperationException($"{nameof(BinanceChallengeProperties.Locale)}: {AuthorizeUrl.LanguageRule}");
        }

        var scope = properties.GetParameter<ICollection<string>>(OAuthChallengeProperties.ScopeKey) is { } scopes ? FormatScope(scopes) : FormatScope();
        string? codeChallenge = null;
        if (Options.UsePkce)
        {
            var codeVerifier = ProofKey.NewVerifier();
            properties.Items[OAuthConstants.CodeVerifierKey] = codeVerifier;
            codeChallenge = ProofKey.ChallengeOf(codeVerifier);
        }

        // Last, because the verifier is part of it.
        var state = Options.StateDataFormat.Protect(properties);
        var endpoint = AuthorizeUrl.WithLanguage(Options.AuthorizationEndpoint, language);
        var url = AuthorizeUrl.Build(endpoint, Options.ClientId, scope, redirectUri, codeChallenge, state, UrlEncoder);
        return Options.AdditionalAuthorizationParameters is { Count: > 0 } additional ? QueryHelpers.AddQueryString(url, additional!) : url;
    }

    /// <summary>
    /// Joins scopes as Binance wants them: by commas, each once.
    /// </summary>
    /// <param name="scopes">The scopes.</param>
    /// <returns>The value of the <c>scope</c> parameter.</returns>
    protected override string FormatScope(IEnumerable<string> scopes)
    {
        ArgumentNullException.ThrowIfNull(scopes);

        // The scope that everybody asks for has nothing to be split.
        if (scopes is ICollection<string> { Count: 1 } && scopes.First() is var only && !only.Contains(',', StringComparison.Ordinal) && only.AsSpan().Trim().Length == only.Length)
        {
            return only;
        }

        return string.Join(',', scopes
            .SelectMany(scope => scope.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal));
    }

    /// <summary>
    /// Exchanges the code for tokens: a form body, with the verifier, and without any <c>client_secret</c> for a public client.
    /// </summary>
    /// <param name="context">The code, and the properties that hold the verifier.</param>
    /// <returns>The tokens, or a response whose error is a <see cref="BinanceAuthenticationException"/>.</returns>
    /// <exception cref="OperationCanceledException">The browser went away.</exception>
    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Properties.Items.Remove(OAuthConstants.CodeVerifierKey, out var codeVerifier);
        var result = await TokenEndpoint.ExchangeCodeAsync(Options, context.Code, context.RedirectUri, codeVerifier, Context.RequestAborted);
        return result.Succeeded(out var tokens, out var failure) ? tokens : OAuthTokenResponse.Failed(failure.ToException());
    }

    /// <summary>
    /// Reads the user's information and makes the ticket of it. Claim actions see the envelope's <c>data</c>.
    /// </summary>
    /// <param name="identity">The identity that gets the claims.</param>
    /// <param name="properties">The properties of the ticket.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>The ticket.</returns>
    /// <exception cref="BinanceAuthenticationException">Binance refused, failed, or did not name a user.</exception>
    /// <exception cref="OperationCanceledException">The browser went away.</exception>
    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var result = await UserInformationEndpoint.GetAsync(Options, tokens.AccessToken!, Context.RequestAborted);
        if (!result.Succeeded(out var envelope, out var failure))
        {
            throw failure.ToException();
        }

        using (envelope)
        {
            var user = envelope.RootElement.GetProperty("data"u8);
            var context = new OAuthCreatingTicketContext(
                new ClaimsPrincipal(identity), properties, Context, Scheme, Options, Backchannel, tokens, user);
            context.RunClaimActions();
            await Events.CreatingTicket(context);
            return new AuthenticationTicket(context.Principal!, context.Properties, Scheme.Name);
        }
    }

    /// <summary>
    /// Revokes the access token of the user who is signed in with this scheme. A failed revocation is logged and nothing more.
    /// The cookie stays: sign out of it, too. Both in one go, <c>SignOut("Cookies", "Binance")</c>, revoke once.
    /// </summary>
    /// <param name="properties">Where to go afterwards (<see cref="AuthenticationProperties.RedirectUri"/>), if anywhere.</param>
    /// <returns>A task that ends when the revocation did, at the latest after <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>.</returns>
    public virtual async Task SignOutAsync(AuthenticationProperties? properties)
    {
        if (ResolveTarget(Options.ForwardSignOut) is { } target)
        {
            await Context.SignOutAsync(target, properties);
            return;
        }

        if (await SessionAsync() is { } session)
        {
            var revocation = Context.RequestServices.GetRequiredService<SignOutRevocation>();
            var accessToken = await revocation.NewestAsync(Scheme.Name, Options, session);
            await revocation.RevokeAsync(Context, Scheme.Name, Options, accessToken);
        }

        // When the cookie was signed out of before, it has set the redirect already.
        if (properties?.RedirectUri is { Length: > 0 } destination && Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK })
        {
            Response.Redirect(destination);
        }
    }

    private async Task<AuthenticationProperties?> SessionAsync()
    {
        // While a cookie is validated, nothing may ask for a session: that would validate the cookie again.
        var validating = SessionUnderValidation.All(Context).ToArray();
        return validating.Length > 0
            ? validating.FirstOrDefault(session => IssuedTickets.SchemeOf(session.Properties) == Scheme.Name)?.Properties
            : (await HandleAuthenticateOnceSafeAsync()).Properties;
    }
}
