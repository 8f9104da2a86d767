using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace AspNet.Security.OAuth.Binance.Sessions;

/// <summary>
/// Adds <see cref="ServerSessionsMiddleware"/> before the application's middleware: behind its exception handler, a failure of the cache would be handled as an error of the application.
/// </summary>
internal sealed class ServerSessionsStartupFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseMiddleware<ServerSessionsMiddleware>();
        next(app);
    };
}
