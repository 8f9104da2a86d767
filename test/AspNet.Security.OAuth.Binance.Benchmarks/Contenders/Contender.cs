namespace AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

/// <summary>
/// The implementations of the login that are compared.
/// </summary>
internal enum Contender
{
    /// <summary>The parts that no implementation can omit, called directly.</summary>
    Floor,

    /// <summary>Code that people write without a package: AddOAuth, with user-info in OnCreatingTicket.</summary>
    Recipe,

    /// <summary>The framework's own handler of the same kind.</summary>
    Google,

    /// <summary>AddBinance.</summary>
    Ours,

    /// <summary>AddBinance and AddBinanceServerSessions.</summary>
    OnServer,
}
