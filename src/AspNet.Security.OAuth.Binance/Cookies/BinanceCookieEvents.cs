using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The application's cookie events, whichever way they were given (delegates, an instance of a class of its own, a type from the
/// container), with ours after them.
/// </summary>
internal sealed class BinanceCookieEvents : CookieAuthenticationEvents
{
    private readonly CookieAuthenticationEvents? _events;
    private readonly Type? _eventsType;
    private readonly CookieSignOut _signOut;

    public BinanceCookieEvents(CookieAuthenticationEvents? events, Type? eventsType, CookieSignOut signOut)
    {
        (_events, _eventsType, _signOut) = (events, eventsType, signOut);

        // As delegates and not as overrides, so that an application that sets one of them later still replaces its own and nothing else.
        OnValidatePrincipal = context => Application(context.HttpContext).ValidatePrincipal(context);
        OnCheckSlidingExpiration = context => Application(context.HttpContext).CheckSlidingExpiration(context);
        OnSigningIn = context => Application(context.HttpContext).SigningIn(context);
        OnSignedIn = context => Application(context.HttpContext).SignedIn(context);
        OnSigningOut = context => Application(context.HttpContext).SigningOut(context);
        OnRedirectToLogin = context => Application(context.HttpContext).RedirectToLogin(context);
        OnRedirectToLogout = context => Application(context.HttpContext).RedirectToLogout(context);
        OnRedirectToAccessDenied = context => Application(context.HttpContext).RedirectToAccessDenied(context);
        OnRedirectToReturnUrl = context => Application(context.HttpContext).RedirectToReturnUrl(context);
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        using (SessionUnderValidation.Enter(context.HttpContext, context.Scheme.Name, context.Properties))
        {
            await base.ValidatePrincipal(context);
        }
    }

    public override async Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        using (SessionUnderValidation.Enter(context.HttpContext, context.Scheme.Name, context.Properties))
        {
            await base.CheckSlidingExpiration(context);
        }
    }

    public override async Task SigningOut(CookieSigningOutContext context)
    {
        await base.SigningOut(context);
        await _signOut.SigningOutAsync(context);
    }

    private CookieAuthenticationEvents Application(HttpContext context)
        => _eventsType is null
            ? _events ?? Framework.Default
            : (CookieAuthenticationEvents)context.RequestServices.GetRequiredService(_eventsType);

    private static class Framework
    {
        public static readonly CookieAuthenticationEvents Default = new();
    }
}
