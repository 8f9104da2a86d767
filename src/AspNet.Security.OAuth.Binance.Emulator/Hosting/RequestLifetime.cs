using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspNet.Security.OAuth.Binance.Emulator.Hosting;

/// <summary>Handles a request until it ends, the caller disconnects or the host stops.</summary>
internal static class RequestLifetime
{
    /// <param name="context">The request.</param>
    /// <param name="handler">The handler. Its token is cancelled when the caller disconnects or the host stops.</param>
    public static async Task RunAsync(HttpContext context, Func<CancellationToken, Task> handler)
    {
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await handler(aborted.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && aborted.IsCancellationRequested)
        {
            context.Abort();
        }
    }
}
