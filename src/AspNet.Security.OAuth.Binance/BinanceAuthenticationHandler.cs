using System.Security.Claims;
using System.Text.Encodings.Web;
using AspNet.Security.OAuth.Binance.Callback;
using AspNet.Security.OAuth.Binance.Cookies;
using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Sessions;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
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
    : OAuthHandler<BinanceAuthenticationOptions>(options, SafeLoggerFactory.Of(logger), encoder), IAuthenticationSignOutHandler
{
    private new SafeLogger Logger => (SafeLogger)base.Logger;

    /// <summary>
    /// Handles the callback. With <see cref="BinanceAuthenticationOptions.FailurePath"/> set, a sign-in that failed ends there.
    /// </summary>
    /// <returns><see langword="true"/> if the request was the callback and the response is complete.</returns>
    /// <exception cref="AuthenticationFailureException">The sign-in failed, and <see cref="BinanceAuthenticationOptions.FailurePath"/> is not set.</exception>
    public override Task<bool> HandleRequestAsync()
    {
        // Hot path: runs for every request; returns without a state machine unless this is the callback.
        var handled = base.HandleRequestAsync();
        return handled is { IsCompletedSuccessfully: true, Result: false } && Delivery.Find(Context) is null ? handled : CompleteAsync(handled);
    }

    /// <inheritdoc/>
    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);

        // The state and the correlation cookie belong to one browser: a shared cache must not give them to others.
        Response.Headers.CacheControl = "no-store";

        var isImplicit = string.IsNullOrEmpty(properties.RedirectUri);
        if (Refusal.OfChallenge(Context, Scheme.Name, Options, OriginalPath, isImplicit, Logger))
        {
            return;
        }

        if (isImplicit)
        {
            properties.RedirectUri = LocalUrl.Of(OriginalPathBase + OriginalPath + Request.QueryString);
        }

        RequestedScopes.Keep(properties, Options);
        await Context.RequestServices.GetRequiredService<ReplacedSessions>().KeepAsync(Context, properties);
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

        // An application may challenge twice with the same properties, and the base class throws when the key exists.
        properties.Items.Remove(OAuthConstants.CodeVerifierKey);
        return BinanceEndpoints.Localize(base.BuildChallengeUrl(properties, redirectUri), locale);
    }

    /// <summary>
    /// Joins scopes as Binance expects them: separated by commas, without duplicates.
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
        new CorrelationCookie(Context, Options, TimeProvider.GetUtcNow()).Write(properties);
    }

    /// <summary>
    /// Checks that this browser started the sign-in, within <see cref="RemoteAuthenticationOptions.RemoteAuthenticationTimeout"/> by the time
    /// in the state, and deletes the correlation cookie, so that a state cannot be replayed.
    /// </summary>
    /// <param name="properties">The properties of the state.</param>
    /// <returns><see langword="true"/> if this browser started the sign-in, in time, and did not finish it before.</returns>
    protected override bool ValidateCorrelationId(AuthenticationProperties properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return Delivery.Of(Context, Options).IsOfThisBrowser = new CorrelationCookie(Context, Options, TimeProvider.GetUtcNow()).Redeem(properties);
    }

    /// <summary>
    /// Checks the callback, exchanges the code and creates the ticket. The base class's method is not used, because its failures
    /// contain text from outside, bodies and headers included.
    /// </summary>
    /// <returns>The ticket, or a failure with a <see cref="BinanceAuthenticationException"/>.</returns>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        if (Refusal.OfCallback(Context))
        {
            return HandleRequestResult.Handle();
        }

        AuthenticationProperties? properties = null;
        var delivery = Delivery.Of(Context, Options);
        try
        {
            var response = BinanceAuthorizationResponse.Parse(Request.QueryString.Value);
            delivery.State = response.State ?? string.Empty;
            properties = Options.StateDataFormat.Unprotect(response.State) ?? throw NotGenuine(response);
            delivery.ReturnUrl = properties.RedirectUri;
            properties.Items.Remove(OAuthConstants.CodeVerifierKey, out var codeVerifier);

            if (!ValidateCorrelationId(properties))
            {
                throw NotAccepted(BinanceFailure.CorrelationFailed, "this browser did not start that sign-in, took too long, or finished it before");
            }

            if (response.Error is { Failure: BinanceFailure.AccessDenied }
                && await HandleAccessDeniedErrorAsync(properties) is { None: false } handled)
            {
                delivery.Failure = BinanceFailure.AccessDenied;
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
                // Only the exchange needs the verifier: neither the ticket nor the application's events may see it.
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
                    var exchange = delivery.Exchange?.Outcome;
                    var now = exchange?.At ?? TimeProvider.GetUtcNow();
                    StoredTokens.Store(properties, StoredTokens.From(tokens, now), now, Options.RefreshBeforeExpiration);
                    IssuedTickets.Mark(properties, Scheme.Name);
                    PendingCookies.Of(Context).Begin(exchange?.SessionId, tokens.AccessToken);
                }

                properties.RedirectUri = LocalUrl.Encode(properties.RedirectUri);
                var ticket = await CreateTicketAsync(new ClaimsIdentity(ClaimsIssuer), properties, tokens);
                delivery.IsAccepted = true;
                return HandleRequestResult.Success(ticket);
            }
        }
        catch (BinanceAuthenticationException exception)
        {
            return Fail(exception, properties);
        }
        catch (OperationCanceledException exception) when (Context.RequestAborted.IsCancellationRequested)
        {
            // The base class would report this to the application as a failed sign-in.
            delivery.Abort(exception);
            return HandleRequestResult.Handle();
        }
        catch (Exception)
        {
            // Recorded here, because OnRemoteFailure may handle the exception, so that the base class does not throw it.
            delivery.Failure = BinanceFailure.Unknown;
            throw;
        }
    }

    /// <summary>
    /// Exchanges the code for tokens. A callback may be delivered more than once, and each delivery runs this method: they share one request,
    /// which continues for up to 60 seconds when they stop waiting, after <see cref="RemoteAuthenticationOptions.BackchannelTimeout"/>. Its outcome is
    /// kept for 60 seconds.
    /// </summary>
    /// <param name="context">The code, and the properties, which hold the verifier of the proof key during this call.</param>
    /// <returns>The tokens, or a response whose error is a <see cref="BinanceAuthenticationException"/>.</returns>
    /// <exception cref="OperationCanceledException">The request was aborted.</exception>
    protected override async Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var exchanges = Context.RequestServices.GetRequiredService<CodeExchanges>();
        var delivery = Delivery.Of(Context, Options);
        try
        {
            context.Properties.Items.TryGetValue(OAuthConstants.CodeVerifierKey, out var codeVerifier);
            var exchange = delivery.Join(exchanges.Join(Scheme.Name, delivery.Binding, context.Code, context.RedirectUri, codeVerifier));
            var outcome = await delivery.WaitAsync(exchange.ExchangeAsync(exchanges, context.Code, context.RedirectUri, codeVerifier));
            return OAuthTokenResponse.Success(outcome.ToDocument());
        }
        catch (Exception exception) when (delivery.IsLate(exception))
        {
            return OAuthTokenResponse.Failed(Delivery.Late("token endpoint", delivery.Exchange is { } exchange && exchanges.TryGiveUp(exchange)));
        }
        catch (BinanceAuthenticationException exception)
        {
            return OAuthTokenResponse.Failed(exception);
        }
    }

    /// <summary>
    /// Gets the user and creates the ticket. Claim actions see the envelope's <c>data</c>. Each delivery of a callback runs this method, and
    /// the application's event; they share the request, as those of <see cref="ExchangeCodeAsync"/> do.
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
        var delivery = Delivery.Of(Context, Options);
        BinanceUser user;
        try
        {
            user = await delivery.WaitAsync(
                delivery.Exchange?.GetUserAsync(Options.GetSignInClient(), tokens.AccessToken!)
                    ?? Options.GetClient().GetUserAsync(tokens.AccessToken!, Context.RequestAborted));
        }
        catch (Exception exception) when (delivery.IsLate(exception))
        {
            throw Delivery.Late("user-info");
        }

        var context = new OAuthCreatingTicketContext(
            new ClaimsPrincipal(identity), properties, Context, Scheme, Options, Backchannel, tokens, user.Raw);
        context.RunClaimActions();
        ClaimsLimit.Check(identity);
        await Events.CreatingTicket(context);
        return new AuthenticationTicket(context.Principal!, context.Properties, Scheme.Name);
    }

    /// <summary>
    /// Redirects a user who refused to <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/>. The base class's method would
    /// make an absolute URL with the host that the request names.
    /// </summary>
    /// <param name="properties">The properties of the state.</param>
    /// <returns>The result of the application's event, a complete response, or no result if there is no such path.</returns>
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
        Response.Redirect(context.AccessDeniedPath == Options.FailurePath
            ? FailurePage.Url(OriginalPathBase, Options, BinanceFailure.AccessDenied, context.ReturnUrl)
            : LocalUrl.To(OriginalPathBase, context.AccessDeniedPath, (context.ReturnUrlParameter, context.ReturnUrl)));
        return HandleRequestResult.Handle();
    }

    /// <summary>
    /// Revokes the access token of the user who is signed in with this scheme. A failed revocation is only logged.
    /// The cookie stays: sign out of it as well. Both in one call, <c>SignOut("Cookies", "Binance")</c>, revoke once.
    /// </summary>
    /// <param name="properties">The properties, whose <see cref="AuthenticationProperties.RedirectUri"/>, if set, is redirected to afterwards.</param>
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

        // A cookie that was signed out of before has set the redirect already.
        if (properties?.RedirectUri is { Length: > 0 } destination && Response is { HasStarted: false, StatusCode: StatusCodes.Status200OK })
        {
            Response.Redirect(destination);
        }
    }

    private static BinanceAuthenticationException NotAccepted(BinanceFailure failure, string reason)
        => new(failure, $"The callback was not accepted: {reason}.");

    // An error without a state comes from a server that leaves the state out, or from a link that an attacker made. Neither is a forged state.
    private static BinanceAuthenticationException NotGenuine(BinanceAuthorizationResponse response) => NotAccepted(
        BinanceFailure.InvalidState,
        response is { State: null, Error: not null }
            ? "it has an error and no state"
            : "the state is missing or was not made for this scheme");

    private HandleRequestResult Fail(Exception exception, AuthenticationProperties? properties)
    {
        var failure = (exception as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown;
        var level = Log.LevelOf(failure);
        Log.SignInFailed(Logger, level, null, Scheme.Name, failure, exception.Message);
        Delivery.Of(Context, Options).Failure = failure;
        return HandleRequestResult.Fail(exception, properties);
    }

    private async Task<bool> CompleteAsync(Task<bool> handling)
    {
        var delivery = Delivery.Find(Context);
        try
        {
            var handled = await handling;
            delivery?.ThrowIfAborted();
            if (delivery is { IsAccepted: true, Failure: null })
            {
                delivery.IsSignedIn = !Options.SaveTokens || PendingCookies.HasSignedIn(Context) || !await SignsInToCookieAsync();
                await Context.RequestServices.GetRequiredService<ReplacedSessions>().FinishAsync(Context);
            }

            return handled;
        }
        catch (OperationCanceledException exception) when (Context.RequestAborted.IsCancellationRequested)
        {
            if (delivery is not null)
            {
                delivery.Abort(exception);
                delivery.HasCookie = HasSentCookie();
            }

            throw;
        }
        catch (Exception exception)
        {
            var failed = await FailAsync(exception, delivery);
            var failure = failed?.Failure ?? (exception as SessionsUnavailableException)?.Failure ?? BinanceFailure.Unknown;
            if (!Response.HasStarted && FailurePage.IsLoop(OriginalPathBase, Options, delivery?.ReturnUrl))
            {
                Log.FailurePageNeedsUser(Logger, Scheme.Name, nameof(Options.FailurePath), Options.FailurePath);
                Response.StatusCode = StatusCodes.Status403Forbidden;
                return true;
            }

            if (Response.HasStarted || !Options.FailurePath.HasValue)
            {
                if (failed is not null)
                {
                    throw new AuthenticationFailureException(FailurePage.Missing(Scheme.Name, failed.Failure), failed);
                }

                throw;
            }

            Response.Redirect(FailurePage.Url(OriginalPathBase, Options, failure, delivery?.ReturnUrl));
            return true;
        }
        finally
        {
            delivery?.Complete(Context, Scheme.Name, Logger);
        }
    }

    /// <returns>The failure of the protocol, which is logged already, or <see langword="null"/>.</returns>
    private async Task<BinanceAuthenticationException?> FailAsync(Exception exception, Delivery? delivery)
    {
        if (delivery is null or { Failure: not null, IsAccepted: false } && exception is AuthenticationFailureException { InnerException: BinanceAuthenticationException failed })
        {
            return failed;
        }

        // An event handler of the application, a claim action or the sign-in scheme threw: the user is redirected, and the exception is logged.
        if (Options.FailurePath.HasValue)
        {
            var cause = exception is AuthenticationFailureException ? exception.InnerException ?? exception : exception;
            Log.SignInFailed(Logger, LogLevel.Error, cause, Scheme.Name, BinanceFailure.Unknown, "an exception outside of the protocol");
        }

        if (delivery is not null)
        {
            delivery.Failure = BinanceFailure.Unknown;
            delivery.HasCookie = HasSentCookie();
            if (delivery.IsAccepted && !Response.HasStarted)
            {
                await ReplacedSessions.WithdrawAsync(Context, Options.SignInScheme, delivery.Exchange is { IsShared: true });
            }
        }

        return null;
    }

    // The application's events may sign in and send the response.
    private bool HasSentCookie() => Response.HasStarted && PendingCookies.HasSignedIn(Context);

    // The sign-in of another kind of handler is not observed.
    private async Task<bool> SignsInToCookieAsync()
        => Options.SignInScheme is { } name
            && await Context.RequestServices.GetRequiredService<IAuthenticationSchemeProvider>().GetSchemeAsync(name) is { } scheme
            && typeof(CookieAuthenticationHandler).IsAssignableFrom(scheme.HandlerType);

    private async Task<AuthenticationProperties?> GetSessionAsync()
    {
        // While a cookie is validated, authenticating it would start its validation again.
        var validating = PendingCookies.SessionsUnderValidation(Context);
        return validating.Count > 0
            ? validating.FirstOrDefault(session => IssuedTickets.IsOf(session.Properties, Scheme.Name))?.Properties
            : (await HandleAuthenticateOnceSafeAsync()).Properties;
    }
}
