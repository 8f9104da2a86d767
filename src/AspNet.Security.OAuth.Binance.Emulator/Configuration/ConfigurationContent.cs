namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>What a configuration file says, checked.</summary>
/// <param name="Options">The options.</param>
/// <param name="Given">Those that the file has.</param>
/// <param name="Clients">The clients, or <see langword="null"/> when the file says nothing of them.</param>
/// <param name="Users">The users, or <see langword="null"/> when the file says nothing of them.</param>
/// <param name="Faults">The faults.</param>
internal sealed record ConfigurationContent(
    OptionsJson Options,
    IReadOnlyList<string> Given,
    IReadOnlyList<EmulatorClient>? Clients,
    IReadOnlyList<EmulatorUser>? Users,
    IReadOnlyList<EmulatorPendingFault> Faults)
{
    public void Apply(BinanceEmulatorOptions options) => Options.Apply(options, Given, "options");
}
