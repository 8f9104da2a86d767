using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Support.Processes;

/// <summary>
/// A process that has ended, and its output.
/// </summary>
internal sealed record FinishedProcess(int ExitCode, string Output, string Errors)
{
    /// <summary>The program that runs .NET: the one that runs this, unless a test runner of another name does.</summary>
    public static string Dotnet
        => Environment.ProcessPath is { } running && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet";

    /// <summary>Runs a process until it ends by itself. It is killed, with all that it started, when the test is cancelled or the time is over.</summary>
    /// <exception cref="OperationCanceledException">It did not end by itself.</exception>
    public static async Task<FinishedProcess> OfAsync(ProcessStartInfo start, TimeSpan limit)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(limit);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop.Token);
            var errors = process.StandardError.ReadToEndAsync(stop.Token);
            await process.WaitForExitAsync(stop.Token);
            return new(process.ExitCode, await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
