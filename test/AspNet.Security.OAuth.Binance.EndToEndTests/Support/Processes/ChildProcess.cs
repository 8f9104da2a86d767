using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

/// <summary>
/// A process that a test started, with its output. It is killed when it is disposed of, at the latest when the test run ends.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ChildProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Add(line.Data, Errors);
        _process.OutputDataReceived += (_, line) => Add(line.Data, null);
    }

    public int Id => _process.Id;

    /// <summary>The lines of both outputs.</summary>
    public OutputLines Lines { get; } = new();

    /// <summary>The lines of the standard error.</summary>
    public OutputLines Errors { get; } = new();

    /// <summary>The standard input, if it was redirected.</summary>
    public StreamWriter Input => _process.StandardInput;

    public static ChildProcess Start(ProcessStartInfo start)
    {
        var child = new ChildProcess(start);
        child._process.Start();
        AppDomain.CurrentDomain.ProcessExit += child.Kill;
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        _ = child.EndLinesAsync();
        return child;
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Kills it and its children (SIGKILL).</summary>
    public Task KillAsync()
    {
        Kill(null, EventArgs.Empty);
        return _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        await KillAsync();
        _process.Dispose();
    }

    // Waiting for the exit waits for the end of both outputs, too.
    private async Task EndLinesAsync()
    {
        await _process.WaitForExitAsync();
        Lines.End();
        Errors.End();
    }

    private void Kill(object? sender, EventArgs args)
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private void Add(string? line, OutputLines? errors)
    {
        if (line is not null)
        {
            errors?.Add(line);
            Lines.Add(line);
        }
    }
}
