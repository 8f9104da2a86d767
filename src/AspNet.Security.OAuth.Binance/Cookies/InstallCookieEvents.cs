using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Installs <see cref="BinanceCookieEvents"/> around the events of every cookie scheme. Which cookie will hold a ticket of ours is
/// not known at startup (a policy scheme may forward the sign-in), so that each ticket is examined instead of each scheme.
/// It is a validation, because that is the last step in the creation of options.
/// </summary>
internal sealed class InstallCookieEvents(
    CookieRefresh refresh, CookieSignOut signOut, CookieSignIn signIn, ReplacedSessions replaced, UnkeptTokens unkept, IServiceProvider services)
    : IValidateOptions<CookieAuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, CookieAuthenticationOptions options)
    {
        if (options.EventsType is not null || options.Events is not BinanceCookieEvents)
        {
            options.Events = new BinanceCookieEvents(options.Events, options.EventsType, refresh, signOut, signIn, replaced, unkept, services.GetService<IUserTokens>());

            // BinanceCookieEvents resolves this type. The cookie handler would otherwise use it instead of BinanceCookieEvents.
            options.EventsType = null;
        }

        return ValidateOptionsResult.Skip;
    }
}
