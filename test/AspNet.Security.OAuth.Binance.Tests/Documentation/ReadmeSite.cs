using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Medallion.Threading;

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
            site.Build();
            site.Address = await site.RunAsync(environment, settings);
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

    private void Build()
    {
        using (var file = File.Create(PathOf(".dll")))
        {
            var program = ReadmeProgram.Compile(Repository.Read("README.md")).Emit(file, cancellationToken: TestContext.Current.CancellationToken);
            Assert.True(program.Success, string.Join('\n', program.Diagnostics));
        }

        foreach (var path in ReadmeProgram.Projects.Append(typeof(IDistributedLockProvider).Assembly.Location))
        {
            File.Copy(path, Path.Combine(_folder.FullName, Path.GetFileName(path)));
        }

        var frameworks = ReadmeProgram.Frameworks
            .Select(path => new DirectoryInfo(path))
            .Select(folder => new { name = folder.Parent!.Name, version = folder.Name });
        File.WriteAllText(PathOf(".runtimeconfig.json"), JsonSerializer.Serialize(new { runtimeOptions = new { frameworks } }));
    }

    private async Task<Uri> RunAsync(string environment, string[] settings)
    {
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", PathOf(".dll"), "--urls", "http://127.0.0.1:0", .. settings])
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

    private string PathOf(string extension) => Path.Combine(_folder.FullName, ReadmeProgram.AssemblyName + extension);
}
