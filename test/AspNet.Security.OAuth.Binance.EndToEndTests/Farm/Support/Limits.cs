namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// The longest waits according to docs/scaling.md.
/// </summary>
internal static class Limits
{
    /// <summary>Tolerance for a busy machine.</summary>
    public static readonly TimeSpan BusyMachine = TimeSpan.FromSeconds(3);

    /// <summary>Tolerance for a condition that takes several requests: CI has two busy cores.</summary>
    public static readonly TimeSpan SeveralRequests = TimeSpan.FromSeconds(20);

    /// <summary>The limit of a request without waiting. On a busy machine it holds for the fastest of many.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    /// <summary>A request whose access token is valid waits at most this long for a refresh.</summary>
    public static readonly TimeSpan TokenIsGood = TimeSpan.FromSeconds(2);

    /// <summary>After this time a store that does not respond counts as unavailable.</summary>
    public static readonly TimeSpan StoreHangs = TimeSpan.FromSeconds(3);

    /// <summary>A process repeats a refresh this long after one that failed.</summary>
    public static readonly TimeSpan FailureIsKept = TimeSpan.FromSeconds(30);

    /// <summary>A lock in Redis whose process was killed ends after this time.</summary>
    public static readonly TimeSpan LockLease = TimeSpan.FromSeconds(30);

    /// <summary>A sign-out takes at most this long: the default of <c>RevocationTimeout</c>.</summary>
    public static readonly TimeSpan SignOut = TimeSpan.FromSeconds(5);

    /// <summary>The setting of a timeout below the default of 10 s.</summary>
    public static (string Key, string Value) BackchannelTimeout(TimeSpan time) => ("Authentication:Schemes:Binance:BackchannelTimeout", $"{time:c}");
}
