namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// What works and units are called, in the results and in the document.
/// </summary>
internal static class Names
{
    public const string Challenge = "challenge";
    public const string Callback = "callback";
    public const string AuthenticatedRequest = "authenticated request";
    public const string Question = "the framework's question to the login's handler";
    public const string Rush = "1,000 requests at once on an expired token";
    public const string Pending = "1,000,000 pending logins";
    public const string SessionCookie = "session cookie";
    public const string AuthorizeUrl = "authorize URL";

    public const string Native = "native site";

    public const string Nanoseconds = "ns";
    public const string Bytes = "B";
    public const string RefreshCalls = "refresh calls";
    public const string OfOneRefresh = "× the time of one";
    public const string SignInsPerSecond = "sign-ins/s";
    public const string Warnings = "trim and AOT warnings";
    public const string FileBytes = "B of the file";
    public const string FirstChallenge = "ms from start to first challenge";
    public const string ResidentBytes = "B resident after a login";

    public static string SignIns(int atOnce) => $"sign-in over sockets, {atOnce} at once";
}
