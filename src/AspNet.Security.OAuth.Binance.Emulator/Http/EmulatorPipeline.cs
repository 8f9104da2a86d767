using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The steps of every request: read, guard, fault or handler, journal, response.</summary>
internal sealed class EmulatorPipeline(EmulatorFaults faults, EmulatorJournal journal, TimeProvider clock, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="endpoint">The endpoint that it is for.</param>
    /// <param name="suffix">How its path ends; <see langword="null"/> for any path.</param>
    /// <param name="handler">Creates the response.</param>
    public async Task RunAsync(HttpContext context, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> handler)
    {
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var aborted = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await HandleAsync(context, endpoint, suffix, handler, aborted.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && aborted.IsCancellationRequested)
        {
            // The request was aborted, or the host is stopping: no response is possible.
            context.Abort();
        }
    }

    private async Task HandleAsync(HttpContext context, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> handler, CancellationToken aborted)
    {
        // Routing ignores case and a trailing slash. Binance's servers may not, so that the emulator compares exactly.
        var path = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent();
        var isExact = suffix is null || path.EndsWith(suffix, StringComparison.Ordinal);
        var prefix = suffix is null ? context.Request.PathBase.ToUriComponent() : path[..path.LastIndexOf(suffix, StringComparison.OrdinalIgnoreCase)];
        var call = await RequestReader.ReadAsync(context, endpoint, path, prefix, clock.GetUtcNow());

        if (LoopbackGuard.Refuse(context) is { } refusal)
        {
            EmulatorLog.Refused(logger);
            journal.Add(JournalEntry.Create(call, refusal, fault: null));
            await ResponseWriter.WriteAsync(context, refusal, fault: null, clock, aborted);
            return;
        }

        var fault = faults.Take(endpoint);
        try
        {
            await faults.PassHoldsAsync(endpoint, aborted);
        }
        catch (OperationCanceledException)
        {
            journal.Add(JournalEntry.Create(call, response: null, "Hold"));
            throw;
        }

        var response = FaultResponse.Create(fault) ?? (isExact ? handler(call) : ErrorPage.NotFound(call));

        // The delay starts before the request is in the journal: a test that finds it there may advance the clock at once.
        var delay = fault is { Kind: EmulatorFaultKind.Delay } ? Task.Delay(fault.Time, clock, aborted) : Task.CompletedTask;
        journal.Add(JournalEntry.Create(call, response, fault?.ToString()));
        Log(endpoint, response, fault);
        await delay;
        await ResponseWriter.WriteAsync(context, response, fault, clock, aborted);
    }

    private void Log(EmulatorEndpoint endpoint, EmulatorResponse response, EmulatorFault? fault)
    {
        if (fault is null)
        {
            EmulatorLog.Answered(logger, endpoint, response.Status);
        }
        else
        {
            EmulatorLog.Faulted(logger, endpoint, fault.ToString());
        }
    }
}
