using System.Runtime.InteropServices;
using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Callback;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance;

/// <summary>
/// Signs users in with Binance: the authorization code flow of RFC 6749 section 4.1 with the proof key of RFC 7636.
/// </summary>
/// <param name="options">The options of every scheme.</param>
/// <param name="logger">Creates the loggers.</param>
/// <param name="encoder">Encodes URLs.</param>
public class BinanceAuthenticationHandler(
    IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : OAuthHandler<BinanceAuthenticationOptions>(options, logger, encoder), IAuthenticationSignOutHandler
{
    /// <summary>
    /// Handles the callback. With <see cref="BinanceAuthenticationOptions.FailurePath"/> set, a sign-in that failed ends there.
    /// </summary>
    /// <returns><see langword="true"/> if the request was the callback and the response is complete.</returns>
    /// <exception cref="AuthenticationFailureException">The sign-in failed, and <see cref="BinanceAuthenticationOptions.FailurePath"/> is not set.</exception>
    public override Task<bool> HandleRequestAsync()
    {
        // Hot path: runs for every request; returns without a state machine unless this is the callback.
        var handled = base.HandleRequestAsync();
        return handled is { IsCompletedSuccessfully: true, Result: false } ? handled : CompleteAsync(handled);
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        if (string.IsNullOrEmpty(properties.RedirectUri))
        {
            properties.RedirectUri = LocalUrl.Of(OriginalPathBase + OriginalPath + Request.QueryString);
        }

        // The state and the correlation cookie belong to one browser: a shared cache must not give them to others.
        Response.Headers.CacheControl = "no-store";

        await Context.RequestServices.GetRequiredService<CookieSignIn>().KeepSessionsAsync(Context, properties);
        GenerateCorrelationId(properties);
        var url = BuildChallengeUrl(properties, BuildRedirectUri(Options.CallbackPath));
        await Events.RedirectToAuthorizationEndpoint(new RedirectContext<OAuthOptions>(Context, Scheme, Options, properties, url));

        // The base class's method would log the state and the correlation cookie.
        Log.Challenged(Logger, Scheme.Name);
    }

    /// <summary>
    /// Builds the authorize URL in the language of the challenge.
    /// </summary>
    /// <param name="properties">The challenge, with its own scope and language if it has any.</param>
    /// <param name="redirectUri">The redirect URI.</param>
    /// <returns>The URL.</returns>
    /// <exception cref="InvalidOperationException">The language does not have the form of one.</exception>
    protected override string BuildChallengeUrl(AuthenticationProperties properties, string redirectUri)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var locale = properties.GetParameter<string>(BinanceChallengeProperties.LocaleKey) ?? Options.Locale;
        if (!BinanceEndpoints.IsLocale(locale))
        {
            throw new InvalidOperationException($"{nameof(BinanceChallengeProperties.Locale)}: a language is two letters, and may have a region of two to four letters: 'tr', 'zh-TW'.");
        }

        // An application may challenge twice with the same properties; the base class only adds.
        properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        return BinanceEndpoints.Localize(base.BuildChallengeUrl(properties, redirectUri), locale);
    }

    /// <summary>
    /// Joins scopes as Binance expects them: by commas, each once.
    /// </summary>
    /// <param name="scopes">The scopes.</param>
    /// <returns>The value of the <c>scope</c> parameter.</returns>
    protected override string FormatScope(IEnumerable<string> scopes) => BinanceOAuthClient.FormatScope(scopes);

    /// <summary>
    /// Binds the sign-in to this browser by a cookie whose name is in the state (RFC 6749 section 10.12).
    /// </summary>
    /// <param name="properties">The properties that become the state.</param>
    protected override void GenerateCorrelationId(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        CorrelationCookie.Write(Context, Options.CorrelationCookie, properties, TimeProvider.GetUtcNow());
    }

    /// <summary>
    /// Checks that this browser started the sign-in, and deletes the correlation cookie, so that a state cannot be replayed.
    /// </summary>
    /// <param name="properties">The properties of the state.</param>
    /// <returns><see langword="true"/> if this browser started the sign-in and did not finish it before.</returns>
    protected override bool ValidateCorrelationId(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return CorrelationCookie.Redeem(Context, Options.CorrelationCookie, properties, TimeProvider.GetUtcNow());
    }

    /// <summary>
    /// Checks the callback, exchanges the code and creates the ticket. The base class's method is not used, because its failures
    /// carry what came from outside, bodies and headers included.
    /// </summary>
    /// <returns>The ticket, or a failure with a <see cref="BinanceAuthenticationException"/>.</returns>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        AuthenticationProperties? properties = null;
        try
        {
            var response = BinanceAuthorizationResponse.Parse(Request.QueryString.Value);
            properties = Options.StateDataFormat.Unprotect(response.State)
                ?? throw NotAccepted(BinanceFailure.InvalidState, "the state is missing or was not made for this scheme");
            properties.Items.Remove(OAuthConstants.CodeVerifierKey, out var codeVerifier);

            if (!ValidateCorrelationId(properties))
            {
                throw NotAccepted(BinanceFailure.CorrelationFailed, "this browser did not start that sign-in, or finished it before");
            }

            if (response.Error is { Failure: BinanceFailure.AccessDenied }
                && await HandleAccessDeniedErrorAsync(properties) is { None: false } handled)
            {
                return handled;
            }

            var code = response.GetCode();
            if (codeVerifier is not null)
            {
                properties.Items[OAuthConstants.CodeVerifierKey] = codeVerifier;
            }

            OAuthTokenResponse tokens;
            try
            {
                tokens = await ExchangeCodeAsync(new OAuthCodeExchangeContext(properties, code, BuildRedirectUri(Options.CallbackPath)));
            }
            finally
            {
                // In the properties for the exchange alone: it is no part of a ticket, and no concern of the application's events.
                properties.Items.Remove(OAuthConstants.CodeVerifierKey);
            }

            using (tokens)
            {
                if (tokens.Error is not null)
                {
                    return Fail(tokens.Error, properties);
                }

                if (Options.SaveTokens)
                {
                    var now = TimeProvider.GetUtcNow();
                    StoredTokens.Store(properties, StoredTokens.From(tokens, now), now, Options.RefreshBeforeExpiration);
                    IssuedTickets.Mark(properties, Scheme.Name);
                }

                properties.RedirectUri = LocalUrl.Encode(properties.RedirectUri);
                return HandleRequestResult.Success(await CreateTicketAsync(new ClaimsIdentity(ClaimsIssuer), properties, tokens));
            }
        }
        catch (BinanceAuthenticationException exception)
        {
            return Fail(exception, properties);
        }
        catch (OperationCanceledException exception) when (Context.RequestAborted.IsCancellationRequested)
        {
            // The base class would report this to the application as a failed sign-in.
            AbortedSignIn.Set(Context, exception);
            return HandleRequestResult.Handle();
        }
    }

    /// <summary>
    /// Exchanges the code for tokens.
    /// </summary>
    /// <param name="context">The code, and the properties, which hold the verifier of the proof key during this call.</param>
    /// <returns>The tokens, or a response whose error is a <see cref="BinanceAuthenticationException"/>.</returns>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            context.Properties.Items.TryGetValue(OAuthConstants.CodeVerifierKey, out var codeVerifier);
            var tokens = await Options.GetClient().ExchangeCodeAsync(context.Code, context.RedirectUri, codeVerifier, Context.RequestAborted);
            return OAuthTokenResponse.Success(Copy(tokens.Raw));
        }
        catch (BinanceAuthenticationException exception)
        {
            return OAuthTokenResponse.Failed(exception);
        }
    }

    /// <summary>
    /// Gets the user and creates the ticket. Claim actions see the envelope's <c>data</c>.
    /// </summary>
    /// <param name="identity">The identity that gets the claims.</param>
    /// <param name="properties">The properties of the ticket.</param>
    /// <param name="tokens">The tokens.</param>
    /// <returns>The ticket.</returns>
    /// <exception cref="BinanceAuthenticationException">Binance refused, failed, or did not name a user.</exception>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    protected override async Task<AuthenticationTicket> CreateTicketAsync(
        ClaimsIdentity identity, AuthenticationProperties properties, OAuthTokenResponse tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var user = await Options.GetClient().GetUserAsync(tokens.AccessToken!, Context.RequestAborted);
        var context = new OAuthCreatingTicketContext(
            new ClaimsPrincipal(identity), properties, Context, Scheme, Options, Backchannel, tokens, user.Raw);
        context.RunClaimActions();
        await Events.CreatingTicket(context);
        return new AuthenticationTicket(context.Principal!, context.Properties, Scheme.Name);
    }

    /// <summary>
    /// Redirects a user who refused to <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/>. The base class's method would
    /// make an absolute URL with the host that the request names.
    /// </summary>
    /// <param name="properties">The properties of the state.</param>
    /// <returns>What the application's event decided, a complete response, or no result if there is no such path.</returns>
    protected override async Task<HandleRequestResult> HandleAccessDeniedErrorAsync(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        var context = new AccessDeniedContext(Context, Scheme, Options)
        {
            AccessDeniedPath = Options.AccessDeniedPath,
            Properties = properties,
            ReturnUrl = properties.RedirectUri,
            ReturnUrlParameter = Options.ReturnUrlParameter,
        };
        await Events.AccessDenied(context);
        if (context.Result is not null || !context.AccessDeniedPath.HasValue)
        {
            return context.Result ?? HandleRequestResult.NoResult();
        }

        Log.SignInFailed(Logger, LogLevel.Information, null, Scheme.Name, BinanceFailure.AccessDenied, "The user refused.");
        Response.Redirect(LocalUrl.To(OriginalPathBase, context.AccessDeniedPath, (context.ReturnUrlParameter, context.ReturnUrl)));
        return HandleRequestResult.Handle();
    }

    /// <summary>
    /// Revokes the access token of the user who is signed in with this scheme. A failed revocation is logged and nothing more.
    /// The cookie stays: sign out of it, too. Both at once, <c>SignOut("Cookies", "Binance")</c>, revoke once.
    /// </summary>
    /// <param name="properties">The properties, whose <see cref="AuthenticationProperties.RedirectUri"/> is where to go afterwards, if anywhere.</param>
    /// <returns>A task that completes when the revocation did, at the latest after <see cref="BinanceAuthenticationOptions.RevocationTimeout"/>.</returns>
    public virtual async Task SignOutAsync(AuthenticationProperties? properties)
    {
        if (ResolveTarget(Options.ForwardSignOut) is { } target)
        {
            await Context.SignOutAsync(target, properties);
            return;
        }

        if (await GetSessionAsync() is { } session)
        {
            var revocation = Context.RequestServices.GetRequiredService<SignOutRevocation>();
            await revocation.RevokeAsync(Context, new IssuedSession(null, session, new IssuedTicket(Scheme.Name, Options)));
        }

        // The cookie has set the redirect already if it was signed out of before.
        if (properties?.RedirectUri is { Length: > 0 } destination && Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK })
        {
            Response.Redirect(destination);
        }
    }

    private static BinanceAuthenticationException NotAccepted(BinanceFailure failure, string reason)
        => new(failure, $"The callback was not accepted: {reason}.");

    private static JsonDocument Copy(JsonElement json)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(json));
        return JsonDocument.ParseValue(ref reader);
    }

    private HandleRequestResult Fail(Exception exception, AuthenticationProperties? properties)
    {
        var failure = (exception as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown;
        var level = Log.LevelOf(failure);
        Log.SignInFailed(Logger, level, null, Scheme.Name, failure, exception.Message);
        return HandleRequestResult.Fail(exception, properties);
    }

    private async Task<bool> CompleteAsync(Task<bool> handling)
    {
        try
        {
            var handled = await handling;
            AbortedSignIn.ThrowIfSet(Context);
            return handled;
        }
        catch (AuthenticationFailureException exception) when (!Response.HasStarted && Options.FailurePath.HasValue)
        {
            if (exception.InnerException is not BinanceAuthenticationException failed)
            {
                // An application's event handler threw. The user gets a page, the operator the exception.
                Log.SignInFailed(
                    Logger, LogLevel.Error, exception.InnerException, Scheme.Name, BinanceFailure.Unknown, "an exception outside of the protocol");
                failed = new BinanceAuthenticationException(BinanceFailure.Unknown, exception.Message);
            }

            Response.Redirect(FailurePage.Url(Request, OriginalPathBase, Options, failed.Failure));
            return true;
        }
        catch (AuthenticationFailureException exception) when (exception.InnerException is BinanceAuthenticationException failed)
        {
            throw new AuthenticationFailureException(FailurePage.Missing(Scheme.Name, failed.Failure), failed);
        }
    }

    private async Task<AuthenticationProperties?> GetSessionAsync()
    {
        // While a cookie is validated, nothing may authenticate it: that would validate the cookie again.
        var validating = PendingCookies.SessionsUnderValidation(Context);
        return validating.Count > 0
            ? validating.FirstOrDefault(session => IssuedTickets.IsOf(session.Properties, Scheme.Name))?.Properties
            : (await HandleAuthenticateOnceSafeAsync()).Properties;
    }
}
