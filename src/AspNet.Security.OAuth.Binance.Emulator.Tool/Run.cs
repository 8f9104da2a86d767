namespace AspNet.Security.OAuth.Binance.Emulator.Tool;

/// <summary>The target of the settings: the emulator's options, and those of the command.</summary>
internal sealed class Run(BinanceEmulatorOptions options)
{
    public BinanceEmulatorOptions Options { get; } = options;

    /// <summary>Gets or sets a value indicating whether a line is printed for each request.</summary>
    public bool ShowsRequests { get; set; }
}
