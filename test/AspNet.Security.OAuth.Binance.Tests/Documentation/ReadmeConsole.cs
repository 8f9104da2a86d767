using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A console program of a readme in a process of its own, with a home of its own and without a display.
/// </summary>
internal sealed class ReadmeConsole : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly DirectoryInfo _folder;
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ReadmeConsole(DirectoryInfo folder, string program, string[] arguments, string? home)
    {
        _folder = folder;
        _stop.CancelAfter(_limit);
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", program, .. arguments])
        {
            Environment = { ["HOME"] = home ?? _folder.FullName, ["XDG_DATA_HOME"] = null, ["DISPLAY"] = null, ["WAYLAND_DISPLAY"] = null },
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync(_stop.Token);
    }

    public static async Task<ReadmeConsole> StartAsync(ReadmeProgram program, string[] arguments, string? home = null)
    {
        var folder = Directory.CreateTempSubdirectory("readme-console-");
        return new(folder, await program.BuildAsync(folder), arguments, home);
    }

    /// <summary>Reads what the program prints until it waits for the address, and returns the authorize URL in it.</summary>
    /// <param name="prompt">The prompt for the address.</param>
    public async Task<Uri> ReadAuthorizeUrlAsync(string prompt = "Paste the address that the browser shows afterwards:")
    {
        const string Open = "Open ";
        var line = await _process.StandardOutput.ReadLineAsync(_stop.Token);
        Assert.StartsWith(Open, line, StringComparison.Ordinal);
        Assert.Equal(prompt, await _process.StandardOutput.ReadLineAsync(_stop.Token));
        return new Uri(line![Open.Length..]);
    }

    /// <summary>Pastes a line, and waits for the end of the program.</summary>
    public async Task<FinishedProcess> PasteAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), _stop.Token);
        return await EndAsync();
    }

    public async Task<FinishedProcess> EndAsync()
    {
        _process.StandardInput.Close();
        var output = await _process.StandardOutput.ReadToEndAsync(_stop.Token);
        await _process.WaitForExitAsync(_stop.Token);
        return new(_process.ExitCode, output, await _errors);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }
}
