namespace AspNet.Security.OAuth.Binance.EndToEndTests.Farm.Support;

/// <summary>
/// How long somebody waits at most, as docs/scaling.md says.
/// </summary>
internal static class Limits
{
    /// <summary>What a busy machine adds to a wait.</summary>
    public static readonly TimeSpan BusyMachine = TimeSpan.FromSeconds(3);

    /// <summary>Nothing was waited for: of many requests on a busy machine, this is so for the fastest.</summary>
    public static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(1);

    /// <summary>A request whose token is good does not wait for longer.</summary>
    public static readonly TimeSpan TokenIsGood = TimeSpan.FromSeconds(2);

    /// <summary>A store that gives no response counts as unavailable.</summary>
    public static readonly TimeSpan StoreHangs = TimeSpan.FromSeconds(3);

    /// <summary>A sign-out takes no longer: the default of <c>RevocationTimeout</c>.</summary>
    public static readonly TimeSpan SignOut = TimeSpan.FromSeconds(5);

    /// <summary>The setting by which a test needs not wait for ten seconds.</summary>
    public static (string Key, string Value) BackchannelTimeout(TimeSpan time) => ("Authentication:Schemes:Binance:BackchannelTimeout", $"{time:c}");
}
