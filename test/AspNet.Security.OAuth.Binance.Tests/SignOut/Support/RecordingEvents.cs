using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace AspNet.Security.OAuth.Binance.Tests.SignOut.Support;

/// <summary>
/// An application's own cookie events, which record their calls.
/// </summary>
internal sealed class RecordingEvents(List<string> calls) : CookieAuthenticationEvents
{
    public override Task SigningIn(CookieSigningInContext context) => RecordAsync(nameof(SigningIn), base.SigningIn(context));

    public override Task SignedIn(CookieSignedInContext context) => RecordAsync(nameof(SignedIn), base.SignedIn(context));

    public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
        => RecordAsync(nameof(CheckSlidingExpiration), base.CheckSlidingExpiration(context));

    public override Task ValidatePrincipal(CookieValidatePrincipalContext context)
        => RecordAsync(nameof(ValidatePrincipal), base.ValidatePrincipal(context));

    public override Task SigningOut(CookieSigningOutContext context) => RecordAsync(nameof(SigningOut), base.SigningOut(context));

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
        => RecordAsync(nameof(RedirectToLogin), base.RedirectToLogin(context));

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
        => RecordAsync(nameof(RedirectToAccessDenied), base.RedirectToAccessDenied(context));

    public override Task RedirectToReturnUrl(RedirectContext<CookieAuthenticationOptions> context)
        => RecordAsync(nameof(RedirectToReturnUrl), base.RedirectToReturnUrl(context));

    private Task RecordAsync(string name, Task done)
    {
        calls.Add(name);
        return done;
    }
}
