using AspNet.Security.OAuth.Binance.Diagnostics;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Gives a cookie its store. As the installation of the cookie's events it is a validation, which is the last step of making options: a store of
/// the application, however it is set, is then there to be seen.
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
                $"The cookie '{name}' has a {nameof(options.SessionStore)} already ({store.GetType().Name}), and AddBinanceServerSessions is to give it one. Remove one of the two.");
        }

        options.SessionStore = new ServerSessionStore(name, options, cache, entries, index, logger);
        options.TicketDataFormat = new SessionKeyFormat(name, options, options.DataProtectionProvider!);
        return ValidateOptionsResult.Success;
    }
}
