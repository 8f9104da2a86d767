using AspNet.Security.OAuth.Binance.Diagnostics;
using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when somebody signs out of a cookie: the session ends everywhere in this process, and the access token that it
/// holds is revoked, if a scheme of ours put it there.
/// </summary>
internal sealed class CookieSignOut(
    IssuedTickets tickets, SignOutRevocation revocation, ILogger<CookieSignOut> logger)
{
    public async Task SigningOutAsync(CookieSigningOutContext context)
    {
        // Every external login ends by signing out of this cookie: that user has just arrived.
        if (context.Scheme.Name == IdentityConstants.ExternalScheme)
        {
            return;
        }

        if (await SessionAsync(context) is { } properties && tickets.Find(properties) is { } issued)
        {
            var newest = await revocation.EndAsync(issued.Scheme, issued.Options, properties);
            if (issued.Options.RevokeOnSignOut)
            {
                await revocation.RevokeAsync(context.HttpContext, issued.Scheme, issued.Options, newest);
            }
        }
    }

    private async Task<AuthenticationProperties?> SessionAsync(CookieSigningOutContext context)
    {
        var validating = CookieRequest.SessionsUnderValidation(context.HttpContext).FirstOrDefault(session => session.CookieScheme == context.Scheme.Name);
        if (validating is not null)
        {
            return validating.Properties;
        }

        try
        {
            return (await context.HttpContext.AuthenticateAsync(context.Scheme.Name)).Properties;
        }
        catch (Exception exception)
        {
            // An application's validation that throws must not keep anybody signed in.
            Log.RevocationFailed(logger, context.Scheme.Name, exception.GetType().Name);
            return null;
        }
    }
}
