using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Puts <see cref="BinanceCookieEvents"/> around the events of every cookie scheme. Which cookie will hold a ticket of ours is
/// known only when one is there (a policy scheme may forward the sign-in), so each ticket is asked instead of each scheme.
/// It is a validation, because that is the last step of making options: whatever an application configures, and whenever,
/// is wrapped and not lost, and neither is ours.
/// </summary>
internal sealed class WrapCookieEvents(CookieRefresh refresh, CookieSignOut signOut, FreshSessionKey freshKey) : IValidateOptions<CookieAuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, CookieAuthenticationOptions options)
    {
        if (options.EventsType is not null || options.Events is not BinanceCookieEvents)
        {
            options.Events = new BinanceCookieEvents(options.Events, options.EventsType, refresh, signOut, freshKey);

            // The wrapper resolves that type itself; left in place, it would replace the wrapper.
            options.EventsType = null;
        }

        return ValidateOptionsResult.Skip;
    }
}
