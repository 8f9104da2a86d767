using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using AspNet.Security.OAuth.Binance.Benchmarks.Measures;
using AspNet.Security.OAuth.Binance.Benchmarks.Native;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Emulators;

/// <summary>
/// Compares the cost of the command with that of a server of npm for the same purpose, for docs/emulator.md. Both are processes. This process creates
/// the load on the same machine, and they take turns.
/// </summary>
internal static class EmulatorComparison
{
    private const string Begin = "<!-- figures: written by the benchmarks -->";
    private const string End = "<!-- end of the figures -->";
    private const string PeerVersion = "8.2.3";
    private const int Starts = 20;
    private const int Rounds = 5;

    // Warm-up: tiered compilation of the hot code.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _time = TimeSpan.FromSeconds(5);

    public static async Task WriteAsync()
    {
        var folder = Directory.CreateTempSubdirectory("emulators-");
        try
        {
            var table = await MeasureAsync(folder);
            var file = Path.Combine(Document.Folder, "emulator.md");
            var document = await File.ReadAllTextAsync(file);
            var machine = Machine.Here();
            await File.WriteAllTextAsync(
                file,
                $"{document[..(document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)]}\n\n{machine.Date}, {machine.Processor}, {machine.OperatingSystem}, {machine.Runtime}\n\n{table}\n{document[document.IndexOf(End, StringComparison.Ordinal)..]}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(DirectoryInfo folder)
    {
        var ours = await MeasureAsync(EmulatorContender.Ours(await PublishAsync(folder)), EmulatorContender.Peer(await InstallAsync(folder), PeerVersion));
        var ((first, second), rows) = ours;
        return $"| measure | {first} | {second} | |\n|---|---:|---:|---:|\n{string.Concat(rows)}";
    }

    private static async Task<((string First, string Second) Names, IReadOnlyList<string> Rows)> MeasureAsync(EmulatorContender ours, EmulatorContender peer)
    {
        var starts = await StartsAsync(ours, peer);
        await using var first = await RunningEmulator.StartAsync(ours);
        await using var second = await RunningEmulator.StartAsync(peer);
        string[] rows =
        [
            Row($"first response, ms (median of {Starts})", starts.Ours, starts.Peer, isMoreBetter: false),
            await FlowsAsync(first, second, atOnce: 1),
            await FlowsAsync(first, second, atOnce: 16),
            Row("processor time of 1,000 sign-ins, ms", await ProcessorTimeAsync(first), await ProcessorTimeAsync(second), isMoreBetter: false),
            Row("memory after that, MiB", first.ResidentBytes / 1048576.0, second.ResidentBytes / 1048576.0, isMoreBetter: false),
        ];
        return ((ours.Name, peer.Name), rows);
    }

    private static async Task<(double Ours, double Peer)> StartsAsync(EmulatorContender ours, EmulatorContender peer)
    {
        List<double> first = [], second = [];
        for (var i = 0; i < Starts; i++)
        {
            await using (var emulator = await RunningEmulator.StartAsync(ours))
            {
                first.Add(emulator.FirstResponse.TotalMilliseconds);
            }

            await using (var emulator = await RunningEmulator.StartAsync(peer))
            {
                second.Add(emulator.FirstResponse.TotalMilliseconds);
            }
        }

        return (Median.Of(first), Median.Of(second));
    }

    private static async Task<string> FlowsAsync(RunningEmulator ours, RunningEmulator peer, int atOnce)
    {
        await ours.FlowsPerSecondAsync(atOnce, _warmUp);
        await peer.FlowsPerSecondAsync(atOnce, _warmUp);
        List<double> first = [], second = [];
        for (var i = 0; i < Rounds; i++)
        {
            first.Add(await ours.FlowsPerSecondAsync(atOnce, _time));
            second.Add(await peer.FlowsPerSecondAsync(atOnce, _time));
        }

        return Row($"sign-ins a second, {atOnce} at once", Median.Of(first), Median.Of(second), isMoreBetter: true);
    }

    // Processor time: independent of other load on the machine, and without the cost of the client.
    private static async Task<double> ProcessorTimeAsync(RunningEmulator emulator)
    {
        var (time, signIns) = (emulator.ProcessorTime, emulator.SignIns);
        await emulator.FlowsPerSecondAsync(atOnce: 1, _time);
        return 1000 * (emulator.ProcessorTime - time).TotalMilliseconds / (emulator.SignIns - signIns);
    }

    private static string Row(string measure, double ours, double peer, bool isMoreBetter)
    {
        var times = isMoreBetter ? ours / peer : peer / ours;
        var row = string.Create(CultureInfo.InvariantCulture, $"| {measure} | {ours:#,0} | {peer:#,0} | {times:0.0} × |\n");
        Console.Write(row);
        return row;
    }

    // As the tool's package has it.
    private static async Task<string> PublishAsync(DirectoryInfo folder)
    {
        var runtime = RuntimeInformation.RuntimeIdentifier;
        var (published, _) = await NativeCode.PublishAsync(
            "src/AspNet.Security.OAuth.Binance.Emulator.Tool", Path.Combine(folder.FullName, "tool"), $"EmulatorToolRuntimes={runtime}", $"RuntimeIdentifier={runtime}", "RunAnalyzers=false");
        const string Program = "AspNet.Security.OAuth.Binance.Emulator.Tool";
        return Path.Combine(published, OperatingSystem.IsWindows() ? $"{Program}.exe" : Program);
    }

    private static async Task<string> InstallAsync(DirectoryInfo folder)
    {
        var peer = folder.CreateSubdirectory("peer");
        foreach (var file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Path.Combine(Document.Repository, "test", "AspNet.Security.OAuth.Binance.Benchmarks", "Emulators", file), Path.Combine(peer.FullName, file));
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = peer.FullName })!;
        await npm.WaitForExitAsync();
        return npm.ExitCode is 0 ? peer.FullName : throw new InvalidOperationException("oauth2-mock-server could not be installed.");
    }
}
