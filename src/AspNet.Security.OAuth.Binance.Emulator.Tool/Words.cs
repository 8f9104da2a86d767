namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>What went wrong, on one line, in words of the command line: the emulator's exceptions name what a C# program would set.</summary>
internal static class Words
{
    public static string Of(Exception exception) => exception.Message
        .Replace($"{nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.Port)}", "--port", StringComparison.Ordinal)
        .Replace($"{nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}", "--token-file", StringComparison.Ordinal)
        .Replace($"If that is wanted, set {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.AllowProduction)}.", "Start it without that variable.", StringComparison.Ordinal)
        .ReplaceLineEndings(" ");
}
