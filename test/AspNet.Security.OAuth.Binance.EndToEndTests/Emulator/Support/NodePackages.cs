namespace AspNet.Security.OAuth.Binance.EndToEndTests.Emulator.Support;

/// <summary>
/// A copy of a folder with a <c>package-lock.json</c>, with the packages that it names: nothing is installed in the repository.
/// </summary>
internal sealed class NodePackages : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("node-");

    private NodePackages()
    {
    }

    public string Folder => _folder.FullName;

    public static async Task<NodePackages> InstallAsync(string source)
    {
        var npm = Languages.Npm;
        var packages = new NodePackages();
        try
        {
            foreach (var file in Directory.GetFiles(source))
            {
                File.Copy(file, Path.Combine(packages.Folder, Path.GetFileName(file)));
            }

            var (exitCode, text) = await Languages.RunAsync(new(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
            {
                WorkingDirectory = packages.Folder,
            });
            Assert.True(exitCode == 0, text);
            return packages;
        }
        catch
        {
            packages.Dispose();
            throw;
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
