using System.Diagnostics;
using System.Reflection;
using AspNet.Security.OAuth.Binance.NativeProcess;

namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores;

/// <summary>
/// A process of the helper program. It is ready when it is returned, and works when it is told to go.
/// </summary>
internal sealed class StoreProcess : IAsyncDisposable
{
    private static readonly string _program
        = typeof(StoreProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "NativeProcess").Value!;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly Process _process;
    private readonly Task<string> _errors;

    private StoreProcess(Process process)
    {
        _stop.CancelAfter(TimeSpan.FromMinutes(1));
        _process = process;
        _errors = process.StandardError.ReadToEndAsync(_stop.Token);
    }

    public int Id => _process.Id;

    public static Task<StoreProcess> StartAsync(params string[] arguments) => StartAsync([], arguments);

    public static async Task<StoreProcess> StartAsync((string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", _program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var process = new StoreProcess(Process.Start(start)!);
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

    /// <summary>Lets it do its work.</summary>
    public Task GoAsync() => _process.StandardInput.WriteLineAsync("go");

    /// <summary>Reads the next line; what it wrote to its error output is the message if there is none.</summary>
    public async Task<string> ReadLineAsync()
    {
        if (await _process.StandardOutput.ReadLineAsync(_stop.Token) is { } line)
        {
            return line;
        }

        Assert.Fail($"The process ended: {await _errors}");
        return "";
    }

    /// <summary>Lets it do its work, and waits until it waits for the lock.</summary>
    public async Task GoToTheLockAsync()
    {
        await GoAsync();
        Assert.Equal(Commands.Locking, await ReadLineAsync());
    }

    /// <summary>Reads what it says when it is done.</summary>
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

    /// <summary>Kills it at once (SIGKILL), and returns what it had written that was not read yet.</summary>
    public async Task<string[]> KillAsync()
    {
        _process.Kill();
        var rest = await _process.StandardOutput.ReadToEndAsync(_stop.Token);
        await _process.WaitForExitAsync(_stop.Token);
        return rest.Split('\n', StringSplitOptions.RemoveEmptyEntries);
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
