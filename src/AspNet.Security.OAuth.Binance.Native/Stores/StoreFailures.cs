namespace AspNet.Security.OAuth.Binance.Stores;

/// <summary>
/// The reasons why a file is not used, and what the user can do. The file is not changed.
/// </summary>
internal static class StoreFailures
{
    private const string SignInAgain = "Delete it, and sign in again.";

    public static BinanceAuthenticationException Foreign(string path)
        => Of($"The file {path} is not a session file, and is not changed. Choose another path; or delete it, and sign in again.");

    public static BinanceAuthenticationException Broken(string path)
        => Of($"The session file {path} is broken: it was cut or changed. {SignInAgain}");

    public static BinanceAuthenticationException Empty(string path)
        => Of($"The session file {path} is empty, or not a regular file. {SignInAgain}");

    public static BinanceAuthenticationException NoFile(string path)
        => Of($"{path} is a directory or a symbolic link, not a file. Choose another path; or delete it, and sign in again.");

    public static BinanceAuthenticationException Newer(string path)
        => Of($"The session file {path} was written by a newer version. Update the application; or delete the file, and sign in again.");

    public static BinanceAuthenticationException OtherSystem(string path)
        => Of($"The session file {path} was written by another operating system. {SignInAgain}");

    public static BinanceAuthenticationException Unreadable(string path)
        => Of($"The session file {path} was encrypted for another user, or on another machine. {SignInAgain}");

    public static BinanceAuthenticationException Exposed(string path)
        => Of($"Other users may read or write the session file {path}. Run \"chmod 600\" on it; or, if they may have read it, delete it, and sign in again.");

    public static BinanceAuthenticationException ExposedDirectory(string path)
        => Of($"Other users may write to the directory {path}, and replace the session file in it. Run \"chmod o-w\" on it, or choose another path.");

    private static BinanceAuthenticationException Of(string message) => new(BinanceFailure.StoreUnavailable, message);
}
