using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The worker of docs/tokens.md, as a reader pastes it: compiled, and started as a process of its own.
/// </summary>
public sealed class ReadmeWorkerTests
{
    [Fact]
    public async Task Worker_refreshes_tokens_of_the_emulator_that_it_starts()
        => Assert.Equal("The tokens of a-user are fresh.", await RunAsync("Development"));

    [Fact]
    public async Task Worker_without_credentials_and_emulator_says_which_setting_is_missing()
        => Assert.Contains("Authentication:Schemes:Binance:ClientId", await RunAsync("Production"), StringComparison.Ordinal);

    /// <returns>The first line about tokens, or all that a worker printed that ended.</returns>
    private static async Task<string> RunAsync(string environment)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        stop.CancelAfter(TimeSpan.FromMinutes(1));
        var folder = Directory.CreateTempSubdirectory("readme-worker-");
        var start = new ProcessStartInfo(FinishedProcess.Dotnet, ["exec", await ReadmeProgram.Worker.BuildAsync(folder)])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        InheritedSettings.Remove(start);
        start.Environment["DOTNET_ENVIRONMENT"] = environment;

        using var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            List<string> lines = [];
            while (await process.StandardOutput.ReadLineAsync(stop.Token) is { } line)
            {
                lines.Add(line.Trim());
                if (lines[^1].StartsWith("The tokens of", StringComparison.Ordinal))
                {
                    return lines[^1];
                }
            }

            return string.Join('\n', lines) + await errors;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }
}
