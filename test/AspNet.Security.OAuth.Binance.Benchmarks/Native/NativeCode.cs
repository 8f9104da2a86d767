using System.Diagnostics;
using System.Text.RegularExpressions;
using AspNet.Security.OAuth.Binance.Benchmarks.Results;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Native;

/// <summary>
/// Publishes projects as native code.
/// </summary>
internal static partial class NativeCode
{
    /// <summary>Publishes a project into <paramref name="directory"/>.</summary>
    /// <param name="project">The project's folder in the repository.</param>
    /// <param name="directory">The directory for everything that is built.</param>
    /// <param name="properties">Properties of the build, as <c>name=value</c>.</param>
    /// <returns>The directory with the executable, and the number of trim and AOT warnings.</returns>
    /// <exception cref="InvalidOperationException">It could not be published.</exception>
    public static async Task<(string Directory, int Warnings)> PublishAsync(string project, string directory, params string[] properties)
    {
        var published = Path.Combine(directory, "published");
        string[] arguments =
        [
            "publish", Path.Combine(Document.Repository, project), "--configuration", "Release", "--nologo",
            "-p:TrimmerSingleWarn=false", "-p:TreatWarningsAsErrors=false", .. properties.Select(property => $"-p:{property}"),
            "--artifacts-path", directory, "--output", published,
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        if (process.ExitCode is not 0)
        {
            throw new InvalidOperationException($"{project} could not be published ({string.Join(' ', properties)}):{Environment.NewLine}{output}");
        }

        // Not errors, so that all of them are listed and counted, and the goal reports them.
        var warnings = Warning().Matches(output).Select(match => match.Value).Distinct().ToArray();
        Array.ForEach(warnings, Console.WriteLine);
        return (published, warnings.Length);
    }

    [GeneratedRegex(@"^.*warning IL\d{4}.*$", RegexOptions.Multiline)]
    private static partial Regex Warning();
}
