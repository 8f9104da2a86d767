using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// The application's cookie events, however they are configured (delegates, an instance, a type from the
/// container), followed by those of this package.
/// </summary>
internal sealed class BinanceCookieEvents : CookieAuthenticationEvents
{
    private static readonly CookieAuthenticationEvents _framework = new();

    private readonly CookieAuthenticationEvents? _events;
    private readonly Type? _eventsType;
    private readonly CookieRefresh _refresh;
    private readonly CookieSignOut _signOut;
    private readonly CookieSignIn _signIn;
    private readonly ReplacedSessions _replaced;
    private readonly UnkeptTokens _unkept;
    private readonly IUserTokens? _users;
    private readonly Func<CookieValidatePrincipalContext, Task> _validate;
    private readonly Func<CookieSlidingExpirationContext, Task> _slide;

    public BinanceCookieEvents(
        CookieAuthenticationEvents? events,
        Type? eventsType,
        CookieRefresh refresh,
        CookieSignOut signOut,
        CookieSignIn signIn,
        ReplacedSessions replaced,
        UnkeptTokens unkept,
        IUserTokens? users)
    {
        (_events, _eventsType, _refresh, _signOut, _signIn, _replaced, _unkept, _users) = (events, eventsType, refresh, signOut, signIn, replaced, unkept, users);

        // Delegates, not overrides, so that an application that sets one of them later replaces its own event only.
        OnValidatePrincipal = _validate = context => Application(context.HttpContext).ValidatePrincipal(context);
        OnCheckSlidingExpiration = _slide = context => Application(context.HttpContext).CheckSlidingExpiration(context);
        OnSigningIn = context => Application(context.HttpContext).SigningIn(context);
        OnSignedIn = context => Application(context.HttpContext).SignedIn(context);
        OnSigningOut = context => Application(context.HttpContext).SigningOut(context);
        OnRedirectToLogin = context => Application(context.HttpContext).RedirectToLogin(context);
        OnRedirectToLogout = context => Application(context.HttpContext).RedirectToLogout(context);
        OnRedirectToAccessDenied = context => Application(context.HttpContext).RedirectToAccessDenied(context);
        OnRedirectToReturnUrl = context => Application(context.HttpContext).RedirectToReturnUrl(context);
    }

    // Hot path: these two run for every request, without a state machine unless code of the application runs.
    public override Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        _users?.Presented(context);
        if (FindReadForSignOut(context.HttpContext, context.Scheme.Name) is { } cookie)
        {
            // Later authentication in this request returns no result, as after a sign-out.
            cookie.SessionToSignOut = context.Properties;
            context.RejectPrincipal();
            return Task.CompletedTask;
        }

        if (IsApplications(OnValidatePrincipal, _validate, static events => events.OnValidatePrincipal))
        {
            return AfterApplicationAsync(context);
        }

        SessionClaim.Add(context);
        return _refresh.ValidateAsync(context, _refresh.IsOver(context));

        async Task AfterApplicationAsync(CookieValidatePrincipalContext context)
        {
            // Before the application's event, which may take long: a session that ends during it was not over when the request began.
            var wasOver = _refresh.IsOver(context);
            using (PendingCookies.Validating(context.HttpContext, context.Scheme.Name, context.Properties))
            {
                await base.ValidatePrincipal(context);
            }

            SessionClaim.Add(context);
            await _refresh.ValidateAsync(context, wasOver);
        }
    }

    public override Task CheckSlidingExpiration(CookieSlidingExpirationContext context)
    {
        if (FindReadForSignOut(context.HttpContext, context.Scheme.Name) is not null)
        {
            context.ShouldRenew = false;
            return Task.CompletedTask;
        }

        if (IsApplications(OnCheckSlidingExpiration, _slide, static events => events.OnCheckSlidingExpiration))
        {
            return AfterApplicationAsync(context);
        }

        _refresh.CheckSlidingExpiration(context);
        return Task.CompletedTask;

        async Task AfterApplicationAsync(CookieSlidingExpirationContext context)
        {
            using (PendingCookies.Validating(context.HttpContext, context.Scheme.Name, context.Properties))
            {
                await base.CheckSlidingExpiration(context);
            }

            _refresh.CheckSlidingExpiration(context);
        }
    }

    public override async Task SigningIn(CookieSigningInContext context)
    {
        _signIn.SigningIn(context);
        await base.SigningIn(context);
        SessionClaim.Remove(context);
        await (_users?.SigningInAsync(context) ?? _unkept.SigningInAsync(context));
        await _signIn.SignedInAsync(context);
        FreshKeys.SigningIn(context);
    }

    public override async Task SignedIn(CookieSignedInContext context)
    {
        await FreshKeys.SignedInAsync(context);
        await base.SignedIn(context);
        await _replaced.ReplaceAsync(context);
        CookieWriter.KeepWritten(context);
    }

    public override async Task SigningOut(CookieSigningOutContext context)
    {
        await _signOut.SigningOutAsync(context);
        await base.SigningOut(context);
        await (_users?.SigningOutAsync(context) ?? Task.CompletedTask);
        await _signOut.SignedOutAsync(context);
        if (_users is null)
        {
            _unkept.SignedOut(context);
        }
    }

    private static PendingCookie? FindReadForSignOut(HttpContext context, string scheme)
        => PendingCookies.Find(context)?.Find(scheme) is { IsReadForSignOut: true } cookie ? cookie : null;

    // The framework's default event does nothing. It is a lambda without a closure, and therefore the same object in every instance.
    private bool IsApplications<T>(Func<T, Task> current, Func<T, Task> forwarding, Func<CookieAuthenticationEvents, Func<T, Task>> of)
        => current != forwarding
            || _eventsType is not null
            || (_events is not null && (_events.GetType() != typeof(CookieAuthenticationEvents) || of(_events) != of(_framework)));

    private CookieAuthenticationEvents Application(HttpContext context)
        => _eventsType is null ? _events ?? _framework : FromContainer(context, _eventsType);

    private CookieAuthenticationEvents FromContainer(HttpContext context, Type type)
    {
        var resolved = PendingCookies.Of(context).Events;
        if (!resolved.TryGetValue(this, out var events))
        {
            resolved[this] = events = (CookieAuthenticationEvents)context.RequestServices.GetRequiredService(type);
        }

        return events;
    }
}
