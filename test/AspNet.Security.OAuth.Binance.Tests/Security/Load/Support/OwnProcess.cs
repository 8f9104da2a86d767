using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Load.Support;

/// <summary>
/// Runs a test again in a process of its own. Handles, threads, memory and unobserved exceptions are counted for
/// a whole process, and those of other tests would be counted too.
/// </summary>
internal static class OwnProcess
{
    private const string Marker = "BINANCE_TEST_IN_ITS_OWN_PROCESS";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(10);

    /// <summary>Whether this is that process.</summary>
    public static bool IsThis => Environment.GetEnvironmentVariable(Marker) is not null;

    /// <summary>Runs the calling test there, and fails as it fails.</summary>
    public static async Task RunAsync<TTests>([CallerMemberName] string test = "")
    {
        var assembly = typeof(TTests).Assembly.Location;
        var start = new ProcessStartInfo(
            FinishedProcess.Dotnet, [assembly, "-method", $"{typeof(TTests).FullName}.{test}", "-noLogo", "-showLiveOutput"])
        {
            WorkingDirectory = Path.GetDirectoryName(assembly),
        };
        start.Environment[Marker] = "1";

        var finished = await FinishedProcess.OfAsync(start, _limit);
        var text = finished.Output + finished.Errors;
        TestContext.Current.TestOutputHelper?.WriteLine(text);

        // The second: a name that matches no test is no failure to the runner.
        Assert.True(finished.ExitCode == 0 && text.Contains("Total: 1,", StringComparison.Ordinal), text);
    }
}
