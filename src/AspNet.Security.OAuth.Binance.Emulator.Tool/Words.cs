namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>Formats an exception for the command line: on one line, with options in place of the C# properties that the emulator's messages name.</summary>
internal static class Words
{
    public static string Of(Exception exception) => exception.Message
        .Replace($"{nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.Port)}", "--port", StringComparison.Ordinal)
        .Replace($"{nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.TokenFile)}", "--token-file", StringComparison.Ordinal)
        .Replace($"To allow it, set {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.AllowProduction)}.", "Start it without this variable.", StringComparison.Ordinal)
        .ReplaceLineEndings(" ");
}
