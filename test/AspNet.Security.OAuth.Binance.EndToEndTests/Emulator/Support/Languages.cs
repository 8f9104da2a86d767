using System.Diagnostics;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// The installed programs of other languages. A test that needs one which is not installed is skipped with the reason.
/// </summary>
internal static class Languages
{
    /// <summary>The timeout of a test in milliseconds.</summary>
    public const int Timeout = 180_000;

    public static string Node => Need("node", "nodejs 20 or later");

    public static string Npm => Need("npm", "npm");

    public static string Go => Need("go", "golang-go");

    public static string Php => Need("php", "php-cli");

    public static string Curl => Need("curl", "curl");

    public static string Bash => Need("bash", "bash");

    /// <summary>The system's Python with a module of its packages, which another Python on the PATH does not find.</summary>
    public static async Task<string> PythonWithAsync(string module, string package)
    {
        const string Python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(Python), $"There is no {Python} on this machine.");
        var (exitCode, _) = await RunAsync(new(Python, ["-c", $"import {module}"]));
        Assert.SkipUnless(exitCode == 0, $"{Python} on this machine has no {module}: package {package}.");
        return Python;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>The exit code, and both outputs.</returns>
    public static async Task<(int ExitCode, string Text)> RunAsync(ProcessStartInfo start)
    {
        await using var process = ChildProcess.Start(start);
        var exitCode = await process.EndAsync(TestContext.Current.CancellationToken);
        await process.Lines.WaitAsync(_ => false, TestContext.Current.CancellationToken);
        return (exitCode, string.Join('\n', process.Lines.All));
    }

    private static string Need(string program, string package)
    {
        var path = Executables.Find(program);
        Assert.SkipWhen(path is null, $"There is no {program} on this machine: package {package}.");
        return path;
    }
}
