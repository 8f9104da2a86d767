using System.Diagnostics;
using System.Reflection;
using AspNet.Security.OAuth.Binance.NativeProcess;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Browsers;

/// <summary>
/// A process that opens the browser: the variables that decide how belong to the process.
/// </summary>
internal sealed class OpeningProcess : IAsyncDisposable
{
    private static readonly string _program
        = typeof(OpeningProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "NativeProcess").Value!;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <summary>Starts it on a desktop that has nothing but what the test puts there.</summary>
    /// <param name="desktop">The desktop.</param>
    /// <param name="url">The address to open.</param>
    /// <param name="without">What the application does without a browser.</param>
    public OpeningProcess(Desktop desktop, string url, string without = "")
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The programs of the desktop are those of Linux.");
        _stop.CancelAfter(TimeSpan.FromMinutes(1));
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", _program, Commands.Open, url, without])
        {
            WorkingDirectory = desktop.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var variable in (string[])["DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"])
        {
            start.Environment.Remove(variable);
        }

        foreach (var (name, value) in desktop.Variables)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync(_stop.Token);
        _process.StandardInput.WriteLine("go");
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until it has opened the browser, or has not, and says so.</summary>
    public async Task<string?> ReadResultAsync()
    {
        Assert.Equal("ready", await _process.StandardOutput.ReadLineAsync(_stop.Token));
        return await _process.StandardOutput.ReadLineAsync(_stop.Token);
    }

    /// <summary>Ends the sign-in.</summary>
    public Task CancelAsync() => _process.StandardInput.WriteLineAsync("cancel");

    /// <summary>Ends it at once.</summary>
    public Task KillAsync()
    {
        _process.Kill();
        return _process.WaitForExitAsync(_stop.Token);
    }

    /// <summary>Waits for its end, and returns what else it printed.</summary>
    public async Task<string> EndAsync()
    {
        _process.StandardInput.Close();
        var output = await _process.StandardOutput.ReadToEndAsync(_stop.Token);
        await _process.WaitForExitAsync(_stop.Token);
        return output + await _errors;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _stop.Dispose();
    }
}
