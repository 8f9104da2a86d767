using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Puts <see cref="ServerSessionsMiddleware"/> in front of the application: behind its exception handler, a cache that fails would be an error of the application.
/// </summary>
internal sealed class ServerSessionsStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<ServerSessionsMiddleware>();
        next(app);
    };
}
