using System.Runtime.ExceptionServices;
using System.Security.Claims;
using System.Text.Json;
using AspNet.Security.OAuth.Binance.Tokens;
using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance;

// The browser's return: whether it is this site's sign-in, what came of it, and where a failed one ends.
public partial class BinanceAuthenticationHandler
{
    // What the base's GenerateCorrelationId writes, into the state and into the cookie.
    private const string CorrelationItem = ".xsrf";
    private const string CorrelationMark = "N";

    /// <summary>
    /// Handles the browser's return. With <see cref="BinanceAuthenticationOptions.FailurePath"/> set, a sign-in that failed ends there.
    /// </summary>
    /// <returns><see langword="true"/> if this was the callback and the response is complete.</returns>
    public override Task<bool> HandleRequestAsync()
    {
        // Asked at each request of the site, of which nearly none is the callback.
        var handled = base.HandleRequestAsync();
        return handled is { IsCompletedSuccessfully: true, Result: false } ? handled : FinishAsync(handled);
    }

    /// <summary>
    /// Checks what the browser came back with, exchanges the code, and makes the ticket. The base's method is not used, because its
    /// failures carry what came from outside, bodies and headers included, and cannot be told apart but by their text.
    /// </summary>
    /// <returns>The ticket, or a failure with a <see cref="BinanceAuthenticationException"/>.</returns>
    protected override async Task<HandleRequestResult> HandleRemoteAuthenticateAsync()
    {
        AuthenticationProperties? properties = null;
        try
        {
            if (!AuthorizationResponse.TryRead(Request.Query, out var response))
            {
                return Fail(BinanceFailure.InvalidCallback, "a parameter stands there more than once");
            }

            properties = Options.StateDataFormat.Unprotect(response.State);
            if (properties is null)
            {
                return Fail(BinanceFailure.InvalidState, "the state is missing or was not made for this scheme");
            }

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
                StoredTokens.BeginSession(properties);
            }

            properties.RedirectUri = Location.Of(properties.RedirectUri);
            return HandleRequestResult.Success(await CreateTicketAsync(new ClaimsIdentity(ClaimsIssuer), properties, tokens));
        }
        catch (BinanceAuthenticationException exception)
        {
            properties?.Items.Remove(OAuthConstants.CodeVerifierKey);
            return Fail(exception, properties);
        }
        catch (OperationCanceledException exception) when (Context.RequestAborted.IsCancellationRequested)
        {
            // The base would take that for a failure of the sign-in, and tell the application so. In a feature and not in a field, because
            // each request of the site makes a handler.
            Context.Features.Set(new Aborted(ExceptionDispatchInfo.Capture(exception)));
            return HandleRequestResult.Handle();
        }
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

        // What Delete writes, without the second set of options that it makes.
        var gone = Options.CorrelationCookie.Build(Context, TimeProvider.GetUtcNow());
        (gone.Expires, gone.MaxAge) = (DateTimeOffset.UnixEpoch, null);
        Response.Cookies.Append(name, string.Empty, gone);
        return mark == CorrelationMark;
    }

    private async Task<bool> FinishAsync(Task<bool> handling)
    {
        try
        {
            var handled = await handling;
            if (handled)
            {
                Context.Features.Get<Aborted>()?.Throw();
            }

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

    private HandleRequestResult Fail(BinanceFailure failure, string reason, AuthenticationProperties? properties = null)
        => Fail(new BinanceAuthenticationException(failure, $"The callback was not accepted: {reason}."), properties);

    private HandleRequestResult Fail(Exception exception, AuthenticationProperties? properties)
    {
        var failure = (exception as BinanceAuthenticationException)?.Failure ?? BinanceFailure.Unknown;
        var level = Log.LevelOf(failure);
        Log.SignInFailed(Logger, level, null, Scheme.Name, failure, exception.Message);
        return HandleRequestResult.Fail(exception, properties);
    }

    private string FailureUrl(BinanceFailure failure)
    {
        var kind = JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());

        // Read once more, and not kept from before: each request of the site makes a handler, and few of them are failed sign-ins.
        var state = AuthorizationResponse.TryRead(Request.Query, out var response) ? response.State : null;
        var returnUrl = Options.StateDataFormat.Unprotect(state)?.RedirectUri;
        return Location.On(OriginalPathBase, Options.FailurePath, ("failure", kind), ("returnUrl", returnUrl));
    }

    // The browser went away before it was signed in.
    private sealed class Aborted(ExceptionDispatchInfo exception)
    {
        public void Throw() => exception.Throw();
    }
}
