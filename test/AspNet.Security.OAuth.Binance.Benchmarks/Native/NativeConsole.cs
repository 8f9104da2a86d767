using System.Diagnostics;
using AspNet.Security.OAuth.Binance.Emulator;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// The console sample as native code, as it is given to users: without the emulator.
/// </summary>
internal static class NativeConsole
{
    private static readonly TimeSpan _timeout = TimeSpan.FromMinutes(1);

    /// <summary>Publishes it, signs in, starts it again, and signs out.</summary>
    /// <returns>The number of trim and AOT warnings.</returns>
    /// <exception cref="InvalidOperationException">It could not be published, or a run failed.</exception>
    public static async Task<int> CountWarningsAsync()
    {
        var directory = Directory.CreateTempSubdirectory("native-console-");
        try
        {
            var (published, warnings) = await NativeCode.PublishAsync("sample-native", directory.FullName, "PublishAot=true");
            var program = Path.Combine(published, "sample-native");
            await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
            var user = binance.Users.First().UserId;
            string[] arguments =
            [
                "--headless", "--session", Path.Combine(directory.FullName, "session"),
                "--server", binance.BaseAddress.GetLeftPart(UriPartial.Authority), "--client-id", BinanceEmulatorDefaults.PublicClientId,
            ];

            await RunAsync(program, arguments, "Signed in.", $"user-info returned {user}");
            await RunAsync(program, arguments, "Still signed in.", $"user-info returned {user}");
            await RunAsync(program, [.. arguments, "sign-out"], "Binance confirmed that the token is revoked.");
            return binance.Tokens.AccessTokens.Count is 0 && binance.Requests.Count(EmulatorEndpoint.Token) is 1
                ? warnings
                : throw new InvalidOperationException("The console sample signed in more than once, or its token is still good after the sign-out.");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task RunAsync(string program, string[] arguments, params string[] expected)
    {
        using var timeout = new CancellationTokenSource(_timeout, TimeProvider.System);
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,

            // The expected texts are English.
            Environment = { ["LC_ALL"] = "C" },
        })!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            List<string> lines = [];
            while (await process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
            {
                lines.Add(line);
                if (line.Contains("/oauth/authorize?", StringComparison.Ordinal))
                {
                    await BrowseAsync(line, timeout.Token);
                }
            }

            await process.WaitForExitAsync(timeout.Token);
            var output = string.Join('\n', lines);
            if (process.ExitCode is not 0 || !expected.All(words => output.Contains(words, StringComparison.Ordinal)))
            {
                throw new InvalidOperationException($"The console sample ended with exit code {process.ExitCode}:\n{output}\n{await errors}");
            }
        }
        finally
        {
            process.Kill();
        }
    }

    // Follows redirects to the emulator and back to the program, as a browser does.
    private static async Task BrowseAsync(string address, CancellationToken cancellationToken)
    {
        using var browser = new HttpClient();
        using var page = await browser.GetAsync(address, cancellationToken);
        page.EnsureSuccessStatusCode();
    }
}
