using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The built sample as a process of its own, to its end.
/// </summary>
internal static class SampleProcess
{
    private static readonly string[] _prefixes = ["ASPNETCORE_", "DOTNET_ENVIRONMENT", "Authentication__", "Emulator__", "ForwardedHeaders__"];

    /// <summary>Runs the sample until it ends by itself, which it must within a minute.</summary>
    public static async Task<(int ExitCode, string Errors)> RunAsync(string environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            WorkingDirectory = AppContext.BaseDirectory,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(Program).Assembly.Location);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A developer may have real credentials, and a port of their own, in the environment or among the sample's user secrets.
        foreach (var name in start.Environment.Keys.Where(IsOfTheSample).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientId=");
        start.ArgumentList.Add("--Authentication:Schemes:Binance:ClientSecret=");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;

        using var process = Process.Start(start)!;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(1));
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            await output;
            return (process.ExitCode, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static bool IsOfTheSample(string name) => _prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
}
