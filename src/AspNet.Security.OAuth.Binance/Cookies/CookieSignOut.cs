using AspNet.Security.OAuth.Binance.Tokens;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// What happens when somebody signs out of a cookie: the access token that it holds is revoked, if a scheme of ours put it there.
/// </summary>
internal sealed class CookieSignOut(
    IAuthenticationSchemeProvider schemes, IOptionsMonitor<BinanceAuthenticationOptions> binance, ILogger logger)
{
    // What RemoteAuthenticationHandler writes into each ticket that it makes.
    private const string IssuedBy = ".AuthScheme";

    public async Task SigningOutAsync(CookieSigningOutContext context)
    {
        // Every external login ends by signing out of this cookie: that user has just arrived.
        if (context.Scheme.Name == IdentityConstants.ExternalScheme)
        {
            return;
        }

        var session = await context.HttpContext.AuthenticateAsync(context.Scheme.Name);
        if (session.Properties is not { } properties
            || !properties.Items.TryGetValue(IssuedBy, out var name) || name is null
            || await schemes.GetSchemeAsync(name) is not { } scheme
            || !typeof(BinanceAuthenticationHandler).IsAssignableFrom(scheme.HandlerType))
        {
            return;
        }

        var options = binance.Get(name);
        if (options.RevokeOnSignOut)
        {
            await SignOutRevocation.RevokeAsync(context.HttpContext, name, options, properties, logger);
        }
    }
}
