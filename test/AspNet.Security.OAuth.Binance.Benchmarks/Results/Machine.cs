using System.Runtime.InteropServices;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// The machine and the day of a run.
/// </summary>
/// <param name="Date">The day.</param>
/// <param name="Processor">The processor and the number of cores.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Runtime">The .NET runtime.</param>
internal sealed record Machine(string Date, string Processor, string OperatingSystem, string Runtime)
{
    public static Machine Here() => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", null),
        $"{ProcessorName()}, {Environment.ProcessorCount} cores",
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);

    private static string ProcessorName()
    {
        const string Info = "/proc/cpuinfo";
        var line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
