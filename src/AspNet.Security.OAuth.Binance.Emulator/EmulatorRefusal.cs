namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>The reason why the emulator refused a request. Secrets, codes and tokens in it are shortened.</summary>
public sealed class EmulatorRefusal
{
    internal EmulatorRefusal(string rule, string? expected = null, string? actual = null)
    {
        Rule = rule;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Gets the rule that the request broke, as a sentence.</summary>
    public string Rule { get; }

    /// <summary>Gets the expected value; <see langword="null"/> when the rule is enough.</summary>
    public string? Expected { get; }

    /// <summary>Gets the received value; <see langword="null"/> when it is missing, or when the rule is enough.</summary>
    public string? Actual { get; }
}
