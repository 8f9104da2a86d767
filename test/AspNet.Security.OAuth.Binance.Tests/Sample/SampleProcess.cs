using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The built sample as a process of its own, to its end.
/// </summary>
internal static class SampleProcess
{
    private static readonly string[] _prefixes = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "Authentication__", "Emulator__", "ForwardedHeaders__"];

    /// <summary>Runs the sample until it ends by itself, which it must within a minute.</summary>
    public static Task<FinishedProcess> RunAsync(string environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, [typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        };

        // A developer may have real credentials, and a port of their own, in the environment or among the sample's user secrets.
        foreach (var name in start.Environment.Keys.Where(IsOfTheSample).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientId=");
        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientSecret=");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;

        return FinishedProcess.OfAsync(start, limit: TimeSpan.FromMinutes(1));
    }

    private static bool IsOfTheSample(string name) => _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
