using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Installs the session store of a cookie. It is a validation, which is the last step in the creation of options: a store that
/// the application sets is known by then.
/// </summary>
internal sealed class InstallServerSessionStore(
    ServerSessionCookies cookies, SessionCache cache, SessionEntries entries, SessionIndex index, SafeLogger<ServerSessionStore> logger)
    : IValidateOptions<CookieAuthenticationOptions>
{
    public ValidateOptionsResult Validate(string? name, CookieAuthenticationOptions options)
    {
        if (name is null || !cookies.Contains(name) || options.SessionStore is ServerSessionStore)
        {
            return ValidateOptionsResult.Skip;
        }

        if (options.SessionStore is { } store)
        {
            return ValidateOptionsResult.Fail(
                $"The cookie '{name}' has a {nameof(options.SessionStore)} already ({store.GetType().Name}), and AddBinanceServerSessions would set another one. Remove one of the two.");
        }

        options.SessionStore = new ServerSessionStore(name, options, cache, entries, index, logger);
        options.TicketDataFormat = new SessionKeyFormat(name, options, options.DataProtectionProvider!);
        return ValidateOptionsResult.Success;
    }
}
