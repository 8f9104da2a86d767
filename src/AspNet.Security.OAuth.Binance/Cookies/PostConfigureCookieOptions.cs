using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Cookies;

/// <summary>
/// Puts <see cref="BinanceCookieEvents"/> around the events of every cookie scheme. Which cookie will hold a ticket of ours is
/// known only when one is there (a policy scheme may forward the sign-in), so each ticket is asked instead of each scheme.
/// </summary>
internal sealed class PostConfigureCookieOptions(
    IAuthenticationSchemeProvider schemes,
    IOptionsMonitor<BinanceAuthenticationOptions> binance,
    ILogger<BinanceAuthenticationHandler> logger) : IPostConfigureOptions<CookieAuthenticationOptions>
{
    public void PostConfigure(string? name, CookieAuthenticationOptions options)
    {
        options.Events = new BinanceCookieEvents(options.Events, options.EventsType, new CookieSignOut(schemes, binance, logger));

        // The wrapper resolves that type itself; left in place, it would replace the wrapper.
        options.EventsType = null;
    }
}
