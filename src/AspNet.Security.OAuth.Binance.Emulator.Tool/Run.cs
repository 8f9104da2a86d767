namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>What the settings are applied to: the emulator's options, and what is the command's own.</summary>
internal sealed class Run(BinanceEmulatorOptions options)
{
    public BinanceEmulatorOptions Options { get; } = options;

    /// <summary>Gets or sets a value indicating whether a line is printed for each request.</summary>
    public bool ShowsRequests { get; set; }
}
