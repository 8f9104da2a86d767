using System.Runtime.InteropServices;
using AspNet.Security.OAuth.Binance.EndToEndTests.Support;

namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// The command, packed and installed as a .NET tool from a folder, without another package source and without the user's package cache.
/// </summary>
public sealed class InstalledTool : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tool-");
    private Task<string>? _installed;

    /// <summary>Packs and installs it once.</summary>
    /// <returns>The folder of the command <c>binance-emulator</c>.</returns>
    public Task<string> GetAsync() => LazyInitializer.EnsureInitialized(ref _installed, InstallAsync);

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> InstallAsync()
    {
        // Only the package of this system: the others differ in their machine code only. Separate artifacts, so that the build does not
        // change that of the tests.
        var (packages, tool, config) = (Path.Combine(_folder.FullName, "packages"), Path.Combine(_folder.FullName, "tool"), Path.Combine(_folder.FullName, "nuget.config"));
        await RunAsync(
            "pack", Path.Combine(Repository.Root, "src", "AspNet.Security.OAuth.Binance.Emulator.Tool"), "--nologo",
            "--artifacts-path", Path.Combine(_folder.FullName, "artifacts"), "--output", packages,
            $"-p:EmulatorToolRuntimes={RuntimeInformation.RuntimeIdentifier}", "-p:RunAnalyzers=false", "-nodeReuse:false");

        await File.WriteAllTextAsync(config, "<configuration><packageSources><clear /></packageSources></configuration>", TestContext.Current.CancellationToken);
        await RunAsync(
            "tool", "install", "AspNet.Security.OAuth.Binance.Emulator.Tool", "--tool-path", tool, "--add-source", packages, "--configfile", config);
        return tool;
    }

    private async Task RunAsync(params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName };
        if (arguments[0] == "tool")
        {
            start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache");
        }

        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        var (exitCode, text) = await Languages.RunAsync(start);
        Assert.True(exitCode == 0, text);
    }
}
