using System.Runtime.ExceptionServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
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
public class BinanceAuthenticationHandler(
    IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<BinanceAuthenticationOptions>(options, logger, encoder), IAuthenticationSignOutHandler
{
    // What the base's GenerateCorrelationId writes, into the state and into the cookie.
    private const string CorrelationItem = ".xsrf";
    private const string CorrelationMark = "N";

    private string? _returnUrl;
    private ExceptionDispatchInfo? _aborted;

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

    /// <summary>
    /// Handles the browser's return. With <see cref="BinanceAuthenticationOptions.FailurePath"/> set, a sign-in that failed ends there.
    /// </summary>
    /// <returns><see langword="true"/> if this was the callback and the response is complete.</returns>
    public override async Task<bool> HandleRequestAsync()
    {
        try
        {
            var handled = await base.HandleRequestAsync();
            _aborted?.Throw();
            return handled;
        }
        catch (AuthenticationFailureException exception) when (Options.FailurePath.HasValue && !Response.HasStarted)
        {
            if (exception.InnerException is not BinanceAuthenticationException failed)
            {
                // An application's own event handler threw. The visitor gets a page, the operator the exception.
                Log.SignInFailed(
                    Logger, LogLevel.Error, exception.InnerException, Scheme.Name, BinanceFailure.Unknown, "an exception outside the protocol");
                failed = new BinanceAuthenticationException(BinanceFailure.Unknown, exception.Message);
            }

            Response.Redirect(FailureUrl(failed.Failure));
            return true;
        }
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (string.IsNullOrEmpty(properties.RedirectUri))
        {
            properties.RedirectUri = LocalUrl(OriginalPathBase + OriginalPath + Request.QueryString);
        }

        GenerateCorrelationId(properties);
        var url = BuildChallengeUrl(properties, BuildRedirectUri(Options.CallbackPath));
        await Events.RedirectToAuthorizationEndpoint(new RedirectContext<OAuthOptions>(Context, Scheme, Options, properties, url));

        // Not the base's method, because that writes the state and the correlation cookie into the log.
        Log.Challenged(Logger, Scheme.Name);
    }

    /// <summary>
    /// Checks that this browser is the one that started the sign-in (RFC 6749 section 10.12), and takes its mark away, so that no
    /// state is good twice. Not the base's method, because that writes the cookie's name, which is the secret of it, into the log.
    /// </summary>
    /// <param name="properties">The properties that came back in the state.</param>
    /// <returns>Whether this browser started the sign-in and has not finished it yet.</returns>
    protected override bool ValidateCorrelationId(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (!properties.Items.Remove(CorrelationItem, out var id) || id is null)
        {
            return false;
        }

        var name = Options.CorrelationCookie.Name + id;
        if (!Request.Cookies.TryGetValue(name, out var mark))
        {
            return false;
        }

        Response.Cookies.Delete(name, Options.CorrelationCookie.Build(Context, TimeProvider.GetUtcNow()));
        return mark == CorrelationMark;
    }

    /// <summary>
    /// Builds the authorize URL: the base's, with scopes joined by commas, in the language that was asked for.
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

        return AuthorizeUrl.WithLanguage(base.BuildChallengeUrl(properties, redirectUri), language);
    }

    /// <summary>
    /// Joins scopes as Binance wants them: by commas, each once.
    /// </summary>
    /// <param name="scopes">The scopes.</param>
    /// <returns>The value of the <c>scope</c> parameter.</returns>
    protected override string FormatScope(IEnumerable<string> scopes)
        => string.Join(',', scopes
            .SelectMany(scope => scope.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct(StringComparer.Ordinal));

    /// <summary>
    /// Checks what the browser came back with, exchanges the code, and makes the ticket. The base's method is not used, because its
    /// failures carry what came from outside, bodies and headers included, and cannot be told apart but by their text.
    /// </summary>
    /// <returns>The ticket, or a failure with a <see cref="BinanceAuthenticationException"/>.</returns>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        try
        {
            return await AcceptAsync();
        }
        catch (OperationCanceledException exception) when (Context.RequestAborted.IsCancellationRequested)
        {
            // The browser went away. The base would take that for a failure of the sign-in, and tell the application so.
            _aborted = ExceptionDispatchInfo.Capture(exception);
            return HandleRequestResult.Handle();
        }
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

    private async Task<AuthenticationProperties?> SessionAsync()
    {
        // While a cookie is validated, nothing may ask for a session: that would validate the cookie again.
        var validating = SessionUnderValidation.All(Context).ToArray();
        return validating.Length > 0
            ? validating.FirstOrDefault(session => IssuedTickets.SchemeOf(session.Properties) == Scheme.Name)?.Properties
            : (await HandleAuthenticateOnceSafeAsync()).Properties;
    }

    private async Task<HandleRequestResult> AcceptAsync()
    {
        if (!AuthorizationResponse.TryRead(Request.Query, out var response))
        {
            return Fail(BinanceFailure.InvalidCallback, "a parameter stands there more than once");
        }

        if (Options.StateDataFormat.Unprotect(response.State) is not { } properties)
        {
            return Fail(BinanceFailure.InvalidState, "the state is missing or was not made for this scheme");
        }

        _returnUrl = properties.RedirectUri;
        properties.Items.Remove(OAuthConstants.CodeVerifierKey, out var codeVerifier);

        if (!ValidateCorrelationId(properties))
        {
            return Fail(BinanceFailure.CorrelationFailed, "this browser did not start that sign-in, or has finished it", properties);
        }

        if (response.Error is not null)
        {
            return await RefusedAsync(response, properties);
        }

        if (response.Code is null)
        {
            return Fail(BinanceFailure.InvalidCallback, "there is neither a code nor an error", properties);
        }

        // The verifier goes back only for the exchange, which takes it out again: it is no part of a ticket.
        if (codeVerifier is not null)
        {
            properties.Items[OAuthConstants.CodeVerifierKey] = codeVerifier;
        }

        using var tokens = await ExchangeCodeAsync(new OAuthCodeExchangeContext(properties, response.Code, BuildRedirectUri(Options.CallbackPath)));
        properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        if (tokens.Error is not null)
        {
            return Fail(tokens.Error, properties);
        }

        if (Options.SaveTokens)
        {
            var now = TimeProvider.GetUtcNow();
            StoredTokens.Store(properties, StoredTokens.From(tokens, now), now, Options.RefreshBeforeExpiration);
        }

        try
        {
            return HandleRequestResult.Success(await CreateTicketAsync(new ClaimsIdentity(ClaimsIssuer), properties, tokens));
        }
        catch (BinanceAuthenticationException exception)
        {
            return Fail(exception, properties);
        }
    }

    // RFC 6749 section 4.1.2.1. Which error a refusal carries is not documented (W2).
    private async Task<HandleRequestResult> RefusedAsync(AuthorizationResponse response, AuthenticationProperties properties)
    {
        var error = ServerText.Code(response.Error);
        var denied = error is "access_denied";
        if (denied && await HandleAccessDeniedErrorAsync(properties) is { None: false } handled)
        {
            return handled;
        }

        var exception = denied
            ? new BinanceAuthenticationException(BinanceFailure.AccessDenied, "The sign-in was refused on Binance's page.") { Error = error }
            : new BinanceAuthenticationException(BinanceFailure.AuthorizationError, $"Binance's authorize page: error {error ?? "of an unknown shape"}.")
            {
                Error = error,
                ErrorDescription = ServerText.Description(response.ErrorDescription),
            };
        return Fail(exception, properties);
    }

    private HandleRequestResult Fail(BinanceFailure failure, string reason, AuthenticationProperties? properties = null)
        => Fail(new BinanceAuthenticationException(failure, $"The callback was not accepted: {reason}."), properties);

    private HandleRequestResult Fail(Exception exception, AuthenticationProperties? properties)
    {
        var failure = (exception as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown;
        var level = Log.LevelOf(failure);
        Log.SignInFailed(Logger, level, null, Scheme.Name, failure, exception.Message);
        return HandleRequestResult.Fail(exception, properties);
    }

    // A request for "//evil.example" is one for a path. As a redirect it would be one for another site.
    private static string LocalUrl(string pathAndQuery)
    {
        var path = pathAndQuery.AsSpan().TrimStart("/\\");
        return path.Length == pathAndQuery.Length - 1 && pathAndQuery[0] is '/' ? pathAndQuery : string.Concat("/", path);
    }

    // A path on this site, without scheme and host, so that a forged Host header leads nowhere.
    private string FailureUrl(BinanceFailure failure)
    {
        var path = OriginalPathBase.Add(Options.FailurePath).ToUriComponent();
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());
        var url = QueryHelpers.AddQueryString(path, "failure", kind);
        return string.IsNullOrEmpty(_returnUrl) ? url : QueryHelpers.AddQueryString(url, "returnUrl", _returnUrl);
    }
}
