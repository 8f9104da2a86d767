namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// Files and directories that only the user can access. On Windows the files of the user's profile inherit its access rights.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerDirectory = OwnerFile | UnixFileMode.UserExecute;

    /// <summary>Creates a directory and its parent directories, if they are missing.</summary>
    public static void CreateDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
            return;
        }

        if (!Directory.Exists(directory))
        {
            // One by one, because .NET applies the mode to the last one only.
            CreateDirectory(Path.GetDirectoryName(directory)!);
            Directory.CreateDirectory(directory, OwnerDirectory);
        }
    }

    /// <summary>Throws if other users could replace the user's file in a directory. The directory may be missing.</summary>
    public static void CheckDirectory(string directory)
    {
        // With the sticky bit, other users cannot rename or delete the user's files. A file that they created before is refused by its own mode, because the
        // user cannot read it without access rights for others. The group is not checked: directories are often writable for a user's private group.
        if (!OperatingSystem.IsWindows()
            && Directory.Exists(directory)
            && (File.GetUnixFileMode(directory) & (UnixFileMode.OtherWrite | UnixFileMode.StickyBit)) == UnixFileMode.OtherWrite)
        {
            throw StoreFailures.ExposedDirectory(directory);
        }
    }

    /// <summary>Opens a file for writing. A new file is created with access for the user only; <see cref="FileMode.CreateNew"/> follows no symbolic link.</summary>
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
