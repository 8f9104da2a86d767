namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// Who is measured.
/// </summary>
internal enum Contender
{
    /// <summary>A cookie and no login at all.</summary>
    PlainCookie,

    /// <summary>The parts that no implementation can leave out, called directly.</summary>
    Floor,

    /// <summary>What people write without a package: AddOAuth, and user-info in OnCreatingTicket.</summary>
    Recipe,

    /// <summary>The framework's own handler of the same kind.</summary>
    Google,

    /// <summary>AddBinance.</summary>
    Ours,
}
