using System.Diagnostics;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// The smallest site with a login, published as native code.
/// </summary>
/// <param name="Login">Which login it is built with.</param>
/// <param name="File">The executable.</param>
/// <param name="Warnings">The number of trim and AOT warnings.</param>
internal sealed partial record NativeSite(string Login, FileInfo File, int Warnings)
{
    private const string Project = "test/AspNet.Security.OAuth.Binance.AotSite";

    /// <summary>Publishes the site into <paramref name="directory"/>.</summary>
    /// <param name="login">"Binance" or "Recipe", as the site's project knows them.</param>
    /// <param name="directory">The directory for everything that is built.</param>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<NativeSite> PublishAsync(string login, string directory)
    {
        string[] arguments =
        [
            "publish", Path.Combine(Document.Repository, Project), "--configuration", "Release", "--nologo",
            "-p:Native=true", "-p:TrimmerSingleWarn=false", "-p:TreatWarningsAsErrors=false", $"-p:Login={login}",
            "--artifacts-path", Path.Combine(directory, login), "--output", Path.Combine(directory, login, "site"),
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        if (process.ExitCode is not 0)
        {
            throw new InvalidOperationException($"The site with login {login} could not be published:{Environment.NewLine}{output}");
        }

        // Not errors, so that all of them are listed and counted, and the goal says that it is missed.
        var warnings = Warning().Matches(output).Select(match => match.Value).Distinct().ToArray();
        Array.ForEach(warnings, Console.WriteLine);
        return new NativeSite(login, new FileInfo(Path.Combine(directory, login, "site", "site")), warnings.Length);
    }

    [GeneratedRegex(@"^.*warning IL\d{4}.*$", RegexOptions.Multiline)]
    private static partial Regex Warning();
}
