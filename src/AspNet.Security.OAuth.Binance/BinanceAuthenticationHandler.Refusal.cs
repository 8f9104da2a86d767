using AspNet.Security.OAuth.Binance.Wire;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance;

// The browser's return without a code: the user said no, or Binance did.
public partial class BinanceAuthenticationHandler
{
    private const string Refused = "The sign-in was refused on Binance's page.";

    /// <summary>
    /// Sends a user who refused to <see cref="RemoteAuthenticationOptions.AccessDeniedPath"/>. Not the base's method, because that makes
    /// a whole URL of the path, with whatever host the request names.
    /// </summary>
    /// <param name="properties">The properties that came back in the state.</param>
    /// <returns>What the application's event decided, a finished response, or no result if there is no such path.</returns>
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

        Log.SignInFailed(Logger, LogLevel.Information, null, Scheme.Name, BinanceFailure.AccessDenied, Refused);
        Response.Redirect(Location.On(OriginalPathBase, context.AccessDeniedPath, (context.ReturnUrlParameter, context.ReturnUrl)));
        return HandleRequestResult.Handle();
    }

    // RFC 6749 section 4.1.2.1. Which error a refusal carries is not documented (W2).
    private async Task<HandleRequestResult> RefusedAsync(AuthorizationResponse response, AuthenticationProperties properties)
    {
        var error = ServerText.Code(response.Error, response.State, response.Code);
        var denied = response.Error is "access_denied";
        if (denied && await HandleAccessDeniedErrorAsync(properties) is { None: false } handled)
        {
            return handled;
        }

        var exception = denied
            ? new BinanceAuthenticationException(BinanceFailure.AccessDenied, Refused) { Error = response.Error }
            : new BinanceAuthenticationException(BinanceFailure.AuthorizationError, $"Binance's authorize page: error {error ?? "of an unknown shape"}.")
            {
                Error = error,
                ErrorDescription = ServerText.Description(response.ErrorDescription, response.State, response.Code),
            };
        return Fail(exception, properties);
    }
}
