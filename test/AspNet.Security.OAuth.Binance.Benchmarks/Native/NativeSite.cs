using System.Diagnostics;
using System.Text.RegularExpressions;

namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// The smallest site with a login, published as native code.
/// </summary>
/// <param name="Login">Which login it is built with.</param>
/// <param name="File">The executable.</param>
/// <param name="Warnings">How many trim and AOT warnings the publishing printed.</param>
internal sealed partial record NativeSite(string Login, FileInfo File, int Warnings)
{
    private const string Project = "test/AspNet.Security.OAuth.Binance.AotSite";

    /// <summary>Publishes the site into <paramref name="directory"/>.</summary>
    /// <param name="login">"Binance" or "Recipe", as the site's project knows them.</param>
    /// <param name="directory">Where all that is built goes.</param>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<NativeSite> PublishAsync(string login, string directory)
    {
        string[] arguments =
        [
            "publish", Path.Combine(Document.Repository, Project), "--configuration", "Release", "--nologo",
            "-p:Native=true", "-p:TrimmerSingleWarn=false", $"-p:Login={login}",
            "--artifacts-path", Path.Combine(directory, login), "--output", Path.Combine(directory, login, "site"),
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        // Warnings are errors here: they are counted before the exit code is looked at, so that they are named as what they are.
        var warnings = Warning().Matches(output).Select(match => match.Value).Distinct().Count();
        if (process.ExitCode is not 0 && warnings is 0)
        {
            throw new InvalidOperationException($"The site with login {login} could not be published:{Environment.NewLine}{output}");
        }

        return new NativeSite(login, new FileInfo(Path.Combine(directory, login, "site", "site")), warnings);
    }

    [GeneratedRegex(@"^.*(warning|error) IL\d{4}.*$", RegexOptions.Multiline)]
    private static partial Regex Warning();
}
