using System.Diagnostics;
using System.Text;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The site of the README in a process of its own, on a free port of 127.0.0.1.
/// </summary>
internal sealed class ReadmeSite : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("readme-site-");
    private Process? _process;
    private Task<string> _output = Task.FromResult("");
    private Task<string> _errors = Task.FromResult("");

    private ReadmeSite()
    {
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Compiles the site, starts it, and waits until it listens.</summary>
    /// <exception cref="InvalidOperationException">It ended instead. The message is what it printed.</exception>
    public static async Task<ReadmeSite> StartAsync(string environment, params string[] settings)
    {
        var site = new ReadmeSite();
        try
        {
            var program = await ReadmeProgram.Site.BuildAsync(site._folder);
            site.Address = await site.RunAsync(program, environment, settings);
            return site;
        }
        catch
        {
            await site.DisposeAsync();
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

    private async Task<Uri> RunAsync(string program, string environment, string[] settings)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", program, "--urls", "http://127.0.0.1:0", .. settings])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        InheritedSettings.Remove(start);
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(_limit);
        _process = Process.Start(start)!;
        _errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);

        var printed = new StringBuilder();
        while (await _process.StandardOutput.ReadLineAsync(stop.Token) is { } line)
        {
            if (line.Contains(Listening, StringComparison.Ordinal))
            {
                _output = _process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new Uri(line.Split(Listening)[1]);
            }

            printed.AppendLine(line);
        }

        throw new InvalidOperationException(printed + await _errors);
    }
}
