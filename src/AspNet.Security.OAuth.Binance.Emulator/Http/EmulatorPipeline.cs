using AspNet.Security.OAuth.Binance.Emulator.Hosting;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using AspNet.Security.OAuth.Binance.Emulator.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The steps of every request: head, guard, body, fault or handler, journal, response.</summary>
internal sealed class EmulatorPipeline(EmulatorGuard guard, EmulatorFaults faults, JournalWriter journal, TimeProvider clock, ResetLock resets, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="kind">The kind of its route.</param>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="suffix">The end of its path; <see langword="null"/> for any path.</param>
    /// <param name="handler">Creates the response.</param>
    public Task RunAsync(HttpContext context, RouteKind kind, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> handler)
        => RequestLifetime.RunAsync(context, aborted => HandleAsync(context, kind, endpoint, suffix, handler, aborted));

    // A page of another site that opens the status page must not get a reference to its window. The authorize page is excluded: an
    // application that signs in with a popup needs both references (window.open, window.opener).
    public static EmulatorResponse Isolated(EmulatorResponse response, RouteKind kind)
        => kind is RouteKind.StatusPage or RouteKind.Page ? response.With("Cross-Origin-Opener-Policy", "same-origin") : response;

    private async Task HandleAsync(
        HttpContext context, RouteKind kind, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> handler, CancellationToken aborted)
    {
        var period = journal.Period;
        var call = RequestReader.ReadHead(context, endpoint, suffix, clock.GetUtcNow());
        if (guard.Check(context, call, kind) is { } guarded)
        {
            if (guarded.Status >= 400)
            {
                EmulatorLog.Refused(logger, endpoint, guarded.Status);
            }

            journal.Add(call, guarded, fault: null, period);
            await ResponseWriter.WriteAsync(context, Isolated(guarded, kind), fault: null, clock, aborted);
            return;
        }

        call = await RequestReader.ReadAsync(context, call, aborted);
        var fault = faults.Take(endpoint);
        try
        {
            await faults.PassHoldsAsync(endpoint, aborted);
        }
        catch (OperationCanceledException)
        {
            journal.Add(call, response: null, "Hold", period);
            throw;
        }

        var response = FaultResponse.Create(fault) ?? (call.IsExact ? Outage.Guard(() => resets.Work(() => handler(call)), endpoint, logger) : ErrorPage.NotFound(call));

        // The delay starts before the request is in the journal, so that a test can advance the clock as soon as it finds the request.
        var delay = fault is { Kind: EmulatorFaultKind.Delay } ? Task.Delay(fault.Time, clock, aborted) : Task.CompletedTask;
        journal.Add(call, response, fault?.ToString(), period);
        Log(endpoint, response, fault);
        await delay;
        await ResponseWriter.WriteAsync(context, Isolated(response, kind), fault, clock, aborted);
    }

    private void Log(EmulatorEndpoint endpoint, EmulatorResponse response, EmulatorFault? fault)
    {
        if (fault is not null)
        {
            EmulatorLog.Faulted(logger, endpoint, fault.ToString());
        }
        else if (response.Refusal is { } refusal)
        {
            EmulatorLog.Rejected(logger, endpoint, response.Status, refusal.Rule);
        }
        else
        {
            EmulatorLog.Responded(logger, endpoint, response.Status);
        }
    }
}
