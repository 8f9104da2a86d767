namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// The names of works and units in the results and in the document.
/// </summary>
internal static class Names
{
    public const string Challenge = "challenge";
    public const string Callback = "callback";
    public const string AuthenticatedRequest = "authenticated request";
    public const string SessionCookie = "session cookie";
    public const string Refresh = "request with a refresh";
    public const string SignIn = "sign-in";
    public const string SignOut = "sign-out";
    public const string Rush = "1,000 requests at once, access token expired";
    public const string Native = "native site";
    public const string NativeConsole = "native console sample";

    public const string Nanoseconds = "ns";
    public const string Bytes = "B";
    public const string RefreshCalls = "refresh calls";
    public const string CacheCommands = "cache commands";
    public const string SignInsPerSecond = "sign-ins per second";
    public const string Warnings = "trim and AOT warnings";
    public const string FileBytes = "bytes of the file";
    public const string ResidentBytes = "bytes resident after a sign-in";

    public static string SignIns(int concurrency) => $"sign-ins over sockets, {concurrency} at once";
}
