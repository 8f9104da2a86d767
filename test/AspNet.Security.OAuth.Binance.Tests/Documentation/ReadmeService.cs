using System.Diagnostics;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// A program of a document that runs until it is ended, in a process of its own.
/// </summary>
internal sealed class ReadmeService : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readme-service-");
    private Process? _process;
    private Task<string> _output = Task.FromResult("");
    private Task<string> _errors = Task.FromResult("");

    private ReadmeService()
    {
    }

    /// <summary>What followed the awaited text in its line.</summary>
    public string Rest { get; private set; } = null!;

    /// <summary>Compiles the program, starts it, and waits until it prints a text.</summary>
    /// <exception cref="InvalidOperationException">It ended instead. The message is what it printed.</exception>
    public static async Task<ReadmeService> StartAsync(ReadmeProgram program, string text, string environment, params string[] arguments)
    {
        var service = new ReadmeService();
        try
        {
            service.Rest = await service.RunAsync(await program.BuildAsync(service._folder), text, environment, arguments);
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            await _process.WaitForExitAsync(CancellationToken.None);
            TestContext.Current.TestOutputHelper?.WriteLine(await _output + await _errors);
            _process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private async Task<string> RunAsync(string program, string text, string environment, string[] arguments)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", program, .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        InheritedSettings.Remove(start);
        start.Environment["DOTNET_ENVIRONMENT"] = environment;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(_limit);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);

        var printed = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(stop.Token) is { } line)
        {
            if (line.Contains(text, StringComparison.Ordinal))
            {
                _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return line.Split(text)[1];
            }

            printed.AppendLine(line);
        }

        throw new InvalidOperationException(printed + await _errors);
    }
}
