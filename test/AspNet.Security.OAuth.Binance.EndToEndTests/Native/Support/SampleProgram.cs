using System.Diagnostics;
using System.Globalization;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Native.Support;

/// <summary>
/// A process of the console sample.
/// </summary>
internal sealed class SampleProgram : IAsyncDisposable
{
    /// <summary>The timeout of a test in milliseconds.</summary>
    public const int Timeout = 120_000;

    private readonly ChildProcess _process;

    private SampleProgram(ChildProcess process) => _process = process;

    /// <summary>Gets the standard output and the standard error.</summary>
    public string Text => string.Join('\n', _process.Lines.All);

    /// <summary>Gets the standard error.</summary>
    public string Errors => string.Join('\n', _process.Errors.All);

    public static SampleProgram Start(ProcessStartInfo start)
    {
        start.RedirectStandardInput = true;
        return new(ChildProcess.Start(start));
    }

    /// <summary>Waits for a line that contains the text.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        string? found = null;
        Assert.True(
            await _process.Lines.WaitAsync(
                lines => (found = lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null, TestContext.Current.CancellationToken),
            $"The process ended without a line with '{text}':\n{Text}");
        return found!;
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public Task<int> EndAsync() => _process.EndAsync(TestContext.Current.CancellationToken);

    /// <summary>Types a line.</summary>
    public Task TypeAsync(string line) => _process.Input.WriteLineAsync(line.AsMemory(), TestContext.Current.CancellationToken);

    /// <summary>Sends SIGINT, as Ctrl+C does.</summary>
    public async Task InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
