
namespace AspNet.Security.OAuth.Binance.Tests.Native.Stores.Support;

/// <summary>
/// A directory of a test, with a store in it.
/// </summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("token-store-");

    public StoreFolder() => Store = new FileTokenStore(FilePath);

    public FileTokenStore Store { get; }

    public string Root => _folder.FullName;

    public string FilePath => Path.Combine(Root, "session");

    /// <summary>The names of the files.</summary>
    public IEnumerable<string?> Names => Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    /// <summary>The temporary files of incomplete writes.</summary>
    public string[] Leftovers => Directory.GetFiles(Root, "session.*.tmp");

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A file with the mode of a session file.</summary>
    public void Plant(string name, byte[] content)
    {
        File.WriteAllBytes(PathOf(name), content);
        SetMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    public static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(path);

    public void Dispose() => _folder.Delete(recursive: true);
}
