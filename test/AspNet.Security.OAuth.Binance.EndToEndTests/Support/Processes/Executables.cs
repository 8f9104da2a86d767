namespace AspNet.Security.OAuth.Binance.EndToEndTests.Support.Processes;

/// <summary>
/// Finds installed programs.
/// </summary>
internal static class Executables
{
    /// <summary>The <c>dotnet</c> that runs the tests; otherwise that of the <c>PATH</c>.</summary>
    public static string Dotnet { get; } = Environment.ProcessPath is { } running && Path.GetFileNameWithoutExtension(running) == "dotnet" ? running : "dotnet";

    /// <returns>The program's path, or <see langword="null"/> if none of the folders has it.</returns>
    public static string? Find(string name, IEnumerable<string>? more = null)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Concat(more ?? []).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
