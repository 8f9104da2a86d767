using System.Diagnostics;
using System.Reflection;
using AspNet.Security.OAuth.Binance.NativeProcess;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Support;

/// <summary>
/// A process of the program <c>NativeProcess</c>, which waits until it is told to start its work.
/// </summary>
internal sealed class HelperProcess : IAsyncDisposable
{
    private static readonly string _program
        = typeof(HelperProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "NativeProcess").Value!;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private HelperProcess(Process process)
    {
        _stop.CancelAfter(TimeSpan.FromMinutes(1));
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(_stop.Token);
    }

    public static Task<HelperProcess> StartAsync(params string[] arguments) => StartAsync(_ => { }, arguments);

    /// <summary>Starts a process, and waits until it is ready.</summary>
    public static async Task<HelperProcess> StartAsync(Action<ProcessStartInfo> configure, params string[] arguments)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", _program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        configure(start);
        var process = new HelperProcess(Process.Start(start)!);
        try
        {
            Assert.Equal("ready", await process.ReadLineAsync());
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts its work.</summary>
    public Task StartWorkAsync() => _process.StandardInput.WriteLineAsync("go");

    /// <summary>Starts its work, and waits until it waits for the lock.</summary>
    public async Task StartAndWaitForLockAsync()
    {
        await StartWorkAsync();
        Assert.Equal(Commands.Locking, await ReadLineAsync());
    }

    /// <summary>Cancels the sign-in.</summary>
    public Task CancelAsync() => _process.StandardInput.WriteLineAsync("cancel");

    /// <summary>Reads the next line. Fails with the error output if the process has ended.</summary>
    public async Task<string> ReadLineAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync(_stop.Token) is { } line)
        {
            return line;
        }

        Assert.Fail($"The process ended: {await _errors}");
        return "";
    }

    /// <summary>Reads the result of its work.</summary>
    public async Task<string> ReadResultAsync()
    {
        string line;
        do
        {
            line = await ReadLineAsync();
        }
        while (line is Commands.Locking or Commands.Locked);

        return line;
    }

    /// <summary>Kills it (SIGKILL), and returns the lines that were not read.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync(_stop.Token);
        await _process.WaitForExitAsync(_stop.Token);
        return rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Closes its input, waits for its end, and returns the rest of both outputs.</summary>
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
