using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Endpoints;

/// <summary>
/// Finds the paths of the mapped groups before the first request, which may be a callback. The path of a nested group is known when
/// its endpoints are created, which routing does later.
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

        // Options that were created at startup do not have the paths yet.
        foreach (var group in groups.All)
        {
            schemes.TryRemove(group.Scheme);
            cookies.TryRemove(group.CookieScheme);
        }
    };
}
