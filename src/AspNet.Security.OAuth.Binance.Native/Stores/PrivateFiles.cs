namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// Files and directories that are the user's alone. On Windows the user's profile is protected by the rights that its files inherit.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Creates a directory, and those above it, if they are missing.</summary>
    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        if (!Directory.Exists(directory))
        {
            // One after the other: .NET gives the mode to the last one only.
            CreateDirectory(Path.GetDirectoryName(directory)!);
            Directory.CreateDirectory(directory, OwnerDirectory);
        }
    }

    /// <summary>Refuses a directory in which others could put a file of theirs in place of the user's. There need be none.</summary>
    public static void CheckDirectory(string directory)
    {
        // The sticky bit keeps others from renaming and deleting what is not theirs. What they put there before is refused by its own mode, because the
        // user could not read it without rights for others. The group is not looked at: where users have groups of their own, directories are open to it.
        if (!OperatingSystem.IsWindows()
            && Directory.Exists(directory)
            && (File.GetUnixFileMode(directory) & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
        {
            throw StoreFailures.ExposedDirectory(directory);
        }
    }

    /// <summary>Opens a file for writing. One that is created is the user's alone from the start; <see cref="FileMode.CreateNew"/> follows no symbolic link.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerFile;
        }

        return new FileStream(path, options);
    }
}
