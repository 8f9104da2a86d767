using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// Finds the paths of the mapped groups before the first request, which may be a callback. Routing makes endpoints later, and only that tells the
/// path of a group in a group.
/// </summary>
internal sealed class LoginPathsStartupFilter(
    LoginGroups groups, IOptionsMonitorCache<BinanceAuthenticationOptions> schemes, IOptionsMonitorCache<CookieAuthenticationOptions> cookies) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        next(app);
        if (groups.All.Count == 0)
        {
            return;
        }

        _ = app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints;

        // Options that the start of the application has made already do not have the paths.
        foreach (var group in groups.All)
        {
            schemes.TryRemove(group.Scheme);
            cookies.TryRemove(group.CookieScheme);
        }
    };
}
