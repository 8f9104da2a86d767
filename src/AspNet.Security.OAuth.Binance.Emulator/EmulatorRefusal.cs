namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>Why the emulator refused a request. Secrets, codes and tokens in it are shortened.</summary>
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

    /// <summary>Gets what was expected; <see langword="null"/> when the rule says all.</summary>
    public string? Expected { get; }

    /// <summary>Gets what came instead; <see langword="null"/> when nothing came, or when the rule says all.</summary>
    public string? Actual { get; }
}
