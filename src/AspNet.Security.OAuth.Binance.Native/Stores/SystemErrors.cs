namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// Classifies errors of the file system.
/// </summary>
internal static class SystemErrors
{
    // .NET has no specific exception for a file in use. HResult is the error of the system: ERROR_SHARING_VIOLATION on Windows, EWOULDBLOCK of flock(2)
    // on Unix, whose number differs between Linux and the BSDs and macOS.
    private static readonly int _inUse = OperatingSystem.IsWindows() ? unchecked((int)0x80070020)
        : OperatingSystem.IsLinux() || OperatingSystem.IsAndroid() ? 11
        : 35;

    /// <summary>Returns a value indicating whether another handle, of this process or another, has the file open exclusively.</summary>
    public static bool IsInUse(Exception exception) => exception is IOException && exception.HResult == _inUse;
}
