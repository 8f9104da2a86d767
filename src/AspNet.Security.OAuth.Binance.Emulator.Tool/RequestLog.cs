using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Prints a line for each request: path, status, and the reason for a refusal, without secrets.</summary>
internal sealed class RequestLog : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public static RequestLog Start(EmulatorJournal journal, TextWriter output)
    {
        var log = new RequestLog();

        // The reader begins here, so that no request after the start is missed.
        _ = PrintAsync(journal.ReadAllAsync(log._stop.Token), output);
        return log;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    // No query, no body, no header. A grant type is printed when it is known: a client may send a secret in its place.
    private static string Line(EmulatorRequest request)
    {
        var purpose = request.GrantType is null ? "" : request.HasKnownGrantType ? $" {request.GrantType}" : " (unknown grant)";
        var fault = request.Fault is null ? "" : $" (fault: {request.Fault})";
        var refusal = request.Refusal is null ? "" : $" ({request.Refusal.Rule})";
        return Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{request.Time.ToLocalTime():HH:mm:ss.fff} {request.Method} {request.Path}{purpose} {request.Status}{fault}{refusal}"));
    }

    private static async Task PrintAsync(IAsyncEnumerable<EmulatorRequest> requests, TextWriter output)
    {
        try
        {
            await foreach (var request in requests)
            {
                await output.WriteLineAsync(Line(request));
            }
        }
        catch (OperationCanceledException)
        {
            // The emulator stops.
        }
    }
}
