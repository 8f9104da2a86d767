using System.Diagnostics;
using System.Globalization;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// The emulator's command as a process, which is killed when it is disposed of.
/// </summary>
internal sealed class EmulatorProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private EmulatorProcess(ChildProcess process) => _process = process;

    /// <summary>Gets the address that it printed.</summary>
    public Uri Address { get; private init; } = new("http://localhost");

    /// <summary>Gets the lines of both outputs.</summary>
    public string Text => string.Join('\n', _process.Lines.All);

    /// <summary>Starts it on a free port, and waits until it listens.</summary>
    public static Task<EmulatorProcess> StartAsync(params string[] arguments) => StartAsync([], ["--port", "0", .. arguments]);

    public static async Task<EmulatorProcess> StartAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var process = ChildProcess.Start(Command(environment, arguments));
        try
        {
            var ready = await process.Lines.WaitAsync(lines => lines.Contains("Ctrl+C ends it."), TestContext.Current.CancellationToken);
            Assert.True(ready, string.Join('\n', process.Lines.All));
            return new(process) { Address = new(process.Lines.All.First(line => line.StartsWith("  address ", StringComparison.Ordinal)).Split(' ')[^1]) };
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs it with arguments that it refuses or that only print. Fails if it starts to listen.</summary>
    /// <returns>The exit code, the standard output and the standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        await using var process = ChildProcess.Start(Command(environment, arguments));
        var started = await process.Lines.WaitAsync(lines => lines.Contains("Ctrl+C ends it."), TestContext.Current.CancellationToken);
        Assert.False(started, "It started.");
        var exitCode = await process.EndAsync(TestContext.Current.CancellationToken);
        return (exitCode, string.Join('\n', process.Lines.All.Except(process.Errors.All)), string.Join('\n', process.Errors.All));
    }

    /// <summary>Waits for a line that contains the text.</summary>
    public async Task<string> WaitForLineAsync(string text)
    {
        string? found = null;
        Assert.True(
            await _process.Lines.WaitAsync(lines => (found = lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))) is not null, TestContext.Current.CancellationToken),
            $"The process ended without a line with '{text}':\n{Text}");
        return found!;
    }

    /// <summary>Sends a signal, and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, kill.ExitCode);
        return await _process.EndAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static ProcessStartInfo Command((string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Repository.Tool, .. arguments]);

        // Variables of the machine would be settings of the emulator.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("BINANCE_EMULATOR_", StringComparison.Ordinal) || name.EndsWith("_ENVIRONMENT", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
