using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// A process and its children, suspended (SIGSTOP) until this is disposed of (SIGCONT): their connections stay open without a response.
/// </summary>
internal sealed class StoppedProcesses : IAsyncDisposable
{
    private readonly IReadOnlyList<int> _ids;

    private StoppedProcesses(IReadOnlyList<int> ids) => _ids = ids;

    public static async Task<IAsyncDisposable> StopAsync(int id)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The children of a process are found in Linux's /proc.");

        // The parent first, so that it starts no more children.
        await SignalAsync("STOP", [id]);
        var children = ChildrenOf(id);
        if (children.Count > 0)
        {
            await SignalAsync("STOP", children);
        }

        return new StoppedProcesses([id, .. children]);
    }

    public async ValueTask DisposeAsync() => await SignalAsync("CONT", _ids);

    // Processes that have ended are ignored.
    private static async Task SignalAsync(string signal, IReadOnlyList<int> ids)
    {
        using var kill = Process.Start(new ProcessStartInfo("sh", ["-c", $"kill -{signal} {string.Join(' ', ids)} 2>&-"]))!;
        await kill.WaitForExitAsync();
    }

    private static List<int> ChildrenOf(int parent)
        => [.. from folder in Directory.GetDirectories("/proc")
               let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
               where id > 0 && ParentOf(id) == parent
               select id];

    private static int ParentOf(int id)
    {
        try
        {
            // "42 (name) S 1 …": the name may hold spaces and parentheses.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        }
        catch (IOException)
        {
            // The process has ended.
            return 0;
        }
    }
}
