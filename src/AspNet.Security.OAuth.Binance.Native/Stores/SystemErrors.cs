namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// What an error of the file system means.
/// </summary>
internal static class SystemErrors
{
    // .NET has no exception of its own for a file in use. HResult is the error of the system: ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK of flock(2)
    // on Unix, whose number on Linux is not that of the BSDs and macOS.
    private static readonly int _inUse = OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? 11
        : 35;

    /// <summary>Whether another process, or another handle of this one, has the file open in a way that excludes this one.</summary>
    public static bool IsInUse(Exception exception) => exception is IOException && exception.HResult == _inUse;
}
