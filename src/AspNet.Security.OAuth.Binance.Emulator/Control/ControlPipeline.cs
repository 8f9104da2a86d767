using AspNet.Security.OAuth.Binance.Emulator.Configuration;
using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using Microsoft.AspNetCore.Http;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The steps of every request to the JSON API. It is not in the journal, and no faults and holds apply to it: it belongs to the test.</summary>
internal sealed class ControlPipeline(ControlGuard guard, ResetLock resets)
{
    /// <param name="context">The request.</param>
    /// <param name="route">The operation.</param>
    /// <param name="isRest">Whether the route matches unknown paths or methods, and its response is always an error.</param>
    public Task RunAsync(HttpContext context, ControlRoute route, bool isRest = false) => RequestLifetime.RunAsync(context, async aborted =>
    {
        var response = guard(context, route.NeedsKey) ?? await RespondAsync(new ControlCall(context, aborted), route, isRest);
        await response.WriteAsync(context, aborted);
    });

    private async Task<ControlResponse> RespondAsync(ControlCall call, ControlRoute route, bool isRest)
    {
        try
        {
            if (!isRest)
            {
                call.CheckQuery(route.Parameters);
            }

            if (route.HasBody)
            {
                await call.ReadBodyAsync();
            }

            return await route.Handler(call, resets);
        }
        catch (JsonDefectException exception)
        {
            return ControlResponse.Error(400, exception.Message);
        }
        catch (BadHttpRequestException exception)
        {
            return ControlResponse.Error(exception.StatusCode, exception.Message);
        }
        catch (IOException exception) when (!call.Aborted.IsCancellationRequested)
        {
            // The token file cannot be written. The change was made.
            return ControlResponse.Error(500, exception.Message);
        }
    }
}
