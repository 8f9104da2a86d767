using System.ComponentModel;
using System.Diagnostics;

namespace AspNet.Security.OAuth.Binance.Browsers;

/// <summary>
/// A program that opens the browser.
/// </summary>
/// <param name="path">The full path of the program. By a name alone, .NET would also look beside the application and in the current directory.</param>
/// <param name="arguments">The arguments.</param>
/// <param name="mayExitWith">An exit code other than zero that does not mean that it failed.</param>
internal sealed class Opener(string path, string[] arguments, int mayExitWith = 0)
{
    // The browser may be a child process of the program, and must neither write to the application's terminal nor read from it. With pipes to the
    // application, the browser would end with it (SIGPIPE). The program and the address are parameters of the script, not part of its text.
    private const string Shell = "/bin/sh";
    private const string Detached = "exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1";

    // POSIX, exec: the exit codes of the shell.
    private const int NotExecutable = 126;
    private const int NotFound = 127;

    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(5);

    /// <summary>Opens an address by the Windows shell.</summary>
    /// <returns>The reason why it was not opened, or <see langword="null"/> if it was.</returns>
    public static string? OpenByShell(Uri url)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(url.AbsoluteUri) { UseShellExecute = true });
            return null;
        }
        catch (Win32Exception exception)
        {
            // Its message has the address.
            return $"Windows did not open the address (error {exception.NativeErrorCode})";
        }
    }

    /// <summary>Runs the program. One that keeps running, because the browser is its child process, counts as a success; it is neither awaited nor ended.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The reason of a failure, or <see langword="null"/>.</returns>
    public async Task<string?> OpenAsync(CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        try
        {
            var exitCode = await RunAsync().WaitAsync(_timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return exitCode is 0 || exitCode == mayExitWith ? null
                : exitCode is NotExecutable or NotFound ? $"'{name}' could not be started"
                : $"'{name}' ended with exit code {exitCode}";
        }
        catch (Win32Exception exception)
        {
            return $"'{name}' could not be started (error {exception.NativeErrorCode})";
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    private async Task<int> RunAsync()
    {
        using var process = Process.Start(new ProcessStartInfo(Shell, ["-c", Detached, path, .. arguments]))!;
        await process.WaitForExitAsync().ConfigureAwait(false);
        return process.ExitCode;
    }
}
