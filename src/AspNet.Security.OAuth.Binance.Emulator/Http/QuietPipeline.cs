using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>
/// The steps of the requests of the status page's script and buttons: head, guard, body, handler, response. They are not in the journal, which they
/// would fill, and no faults apply to them.
/// </summary>
internal sealed class QuietPipeline(EmulatorGuard guard, TimeProvider clock, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="path">Its path after the prefix.</param>
    /// <param name="handler">Creates the response.</param>
    public Task RunAsync(HttpContext context, string path, Func<EmulatorCall, EmulatorResponse> handler)
        => RunAsync(context, path, (call, aborted) => WriteAsync(context, Outage.Guard(() => handler(call), EmulatorEndpoint.Page, logger), aborted));

    /// <param name="context">The request. The response to HEAD has no body.</param>
    /// <param name="path">Its path after the prefix.</param>
    /// <param name="response">The headers.</param>
    /// <param name="write">Writes a body that ends with the request.</param>
    public Task StreamAsync(HttpContext context, string path, EmulatorResponse response, Func<HttpContext, CancellationToken, Task> write)
        => RunAsync(context, path, (call, aborted) =>
        {
            if (!call.Is("GET") && !call.Is("HEAD"))
            {
                return WriteAsync(context, ErrorPage.Create(call, new(ProblemKind.PageMethod), 405).With("Allow", "GET, HEAD"), aborted);
            }

            ResponseWriter.WriteHeaders(context, Protected(response));
            return call.Is("GET") ? write(context, aborted) : Task.CompletedTask;
        });

    private Task RunAsync(HttpContext context, string path, Func<EmulatorCall, CancellationToken, Task> handler) => RequestLifetime.RunAsync(context, async aborted =>
    {
        var head = RequestReader.ReadHead(context, EmulatorEndpoint.Page, path, clock.GetUtcNow());
        await (guard.Check(context, head, RouteKind.StatusPage) is { } refusal
            ? WriteAsync(context, refusal, aborted)
            : handler(await RequestReader.ReadAsync(context, head, aborted), aborted));
    });

    private Task WriteAsync(HttpContext context, EmulatorResponse response, CancellationToken aborted)
        => ResponseWriter.WriteAsync(context, Protected(response), fault: null, clock, aborted);

    // A response without a policy of its own is not a page: opened in a window or a frame, it must load and run nothing.
    private static EmulatorResponse Protected(EmulatorResponse response)
    {
        response.Headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
        return EmulatorPipeline.Isolated(response, RouteKind.StatusPage);
    }
}
