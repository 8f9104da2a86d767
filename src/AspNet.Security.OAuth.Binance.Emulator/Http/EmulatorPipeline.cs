using AspNet.Security.OAuth.Binance.Emulator.Messages;
using AspNet.Security.OAuth.Binance.Emulator.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The way of every request: read, guard, fault or work, journal, send.</summary>
internal sealed class EmulatorPipeline(BinanceEmulator emulator, ILogger logger)
{
    /// <param name="context">The request.</param>
    /// <param name="endpoint">What it is for.</param>
    /// <param name="suffix">How its path ends; <see langword="null"/> when any path will do.</param>
    /// <param name="work">What answers it.</param>
    public async Task RunAsync(HttpContext context, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> work)
    {
        var lifetime = context.RequestServices.GetRequiredService<IHostApplicationLifetime>();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await AnswerAsync(context, endpoint, suffix, work, gone.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && gone.IsCancellationRequested)
        {
            // The caller went away, or the host stops: nobody is left to answer.
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, EmulatorEndpoint endpoint, string? suffix, Func<EmulatorCall, EmulatorResponse> work, CancellationToken gone)
    {
        // Routes ignore case and a slash at the end; Binance's servers need not, and what passes here should pass there.
        var path = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent();
        var isExact = suffix is null || path.EndsWith(suffix, StringComparison.Ordinal);
        var prefix = suffix is null ? context.Request.PathBase.ToUriComponent() : path[..path.LastIndexOf(suffix, StringComparison.OrdinalIgnoreCase)];
        var call = await RequestReader.ReadAsync(context, endpoint, path, prefix, emulator.Clock.GetUtcNow());

        if (LoopbackGuard.Refuse(context) is { } refusal)
        {
            EmulatorLog.Refused(logger);
            emulator.Requests.Add(new EmulatorRequest(call, refusal, fault: null));
            await ResponseWriter.SendAsync(context, refusal, fault: null, emulator.Clock, gone);
            return;
        }

        var fault = emulator.Faults.Take(endpoint);
        try
        {
            await emulator.Faults.PassHoldsAsync(endpoint, gone);
        }
        catch (OperationCanceledException)
        {
            emulator.Requests.Add(new EmulatorRequest(call, answer: null, "Hold"));
            throw;
        }

        var answer = fault?.Instead ?? (isExact ? work(call) : ErrorPage.NotFound(call));

        // A test that has seen the request in the journal may set the clock forward: the wait must have begun.
        var delay = fault is { Kind: EmulatorFaultKind.Delay } ? Task.Delay(fault.Time, emulator.Clock, gone) : Task.CompletedTask;
        emulator.Requests.Add(new EmulatorRequest(call, answer, fault?.ToString()));
        Log(endpoint, answer, fault);
        await delay;
        await ResponseWriter.SendAsync(context, answer, fault, emulator.Clock, gone);
    }

    private void Log(EmulatorEndpoint endpoint, EmulatorResponse answer, EmulatorFault? fault)
    {
        if (fault is null)
        {
            EmulatorLog.Answered(logger, endpoint, answer.Status);
        }
        else
        {
            EmulatorLog.Faulted(logger, endpoint, fault.ToString());
        }
    }
}
