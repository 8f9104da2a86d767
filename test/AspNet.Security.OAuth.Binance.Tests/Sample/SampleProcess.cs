using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The built sample as a process of its own.
/// </summary>
internal static class SampleProcess
{
    /// <summary>Runs the sample until it ends by itself, which it must within a minute.</summary>
    public static Task<FinishedProcess> RunAsync(string environment, params string[] arguments)
        => FinishedProcess.OfAsync(StartOf(environment, arguments), limit: TimeSpan.FromMinutes(1));

    /// <summary>The start of the sample, which a test can change.</summary>
    public static ProcessStartInfo StartOf(string environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, [typeof(Program).Assembly.Location, .. arguments])
        {
            WorkingDirectory = AppContext.BaseDirectory,
        };

        // A developer may have real credentials among the sample's user secrets, too.
        InheritedSettings.Remove(start);
        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientId=");
        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientSecret=");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        return start;
    }
}
