using System.Globalization;

namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Prints a line for each request: what was called, how that went and why it was refused, and nothing that a client or the emulator keeps secret.</summary>
internal sealed class RequestLog : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public static RequestLog Start(EmulatorJournal journal, TextWriter output)
    {
        var log = new RequestLog();

        // Called here, so that no request after the start is missed.
        _ = PrintAsync(journal.ReadAllAsync(log._stop.Token), output);
        return log;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    // No query, no body, no header. The grant is one of two words, because a client may send anything in its place.
    private static string Line(EmulatorRequest request)
    {
        var purpose = request.GrantType is null ? "" : request.GrantType is "authorization_code" or "refresh_token" ? $" {request.GrantType}" : " (unknown grant)";
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
            // The emulator ends.
        }
    }
}
