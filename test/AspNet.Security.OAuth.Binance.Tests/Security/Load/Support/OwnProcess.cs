using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Tests.Load;

/// <summary>
/// Runs a test once more in a process that has nothing else in it. Handles, threads, memory and unobserved exceptions are counted for
/// a whole process, and what other tests leave behind for a while would be counted too.
/// </summary>
internal static class OwnProcess
{
    private const string Marker = "BINANCE_TEST_IN_ITS_OWN_PROCESS";

    /// <summary>Whether this is that process.</summary>
    public static bool IsThis => Environment.GetEnvironmentVariable(Marker) is not null;

    /// <summary>Runs the calling test there, and fails as it fails.</summary>
    public static async Task RunAsync<TTests>([CallerMemberName] string test = "")
    {
        var stop = TestContext.Current.CancellationToken;
        var assembly = typeof(TTests).Assembly.Location;
        var host = Environment.ProcessPath is { } running && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet";
        var start = new ProcessStartInfo(host, [assembly, "-method", $"{typeof(TTests).FullName}.{test}", "-noLogo", "-showLiveOutput"])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Marker] = "1";

        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            var text = await output + await errors;
            TestContext.Current.TestOutputHelper?.WriteLine(text);

            // The second: a name that matches no test is no failure to the runner.
            Assert.True(process.ExitCode == 0 && text.Contains("Total: 1,", StringComparison.Ordinal), text);
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

/// <summary>
/// Tests that have the machine to themselves, as far as this assembly goes.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
