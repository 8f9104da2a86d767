namespace AspNet.Security.OAuth.Binance.Emulator.Configuration;

/// <summary>The checked content of a configuration file.</summary>
/// <param name="Options">The options.</param>
/// <param name="Given">The names of the options in the file.</param>
/// <param name="Clients">The clients, or <see langword="null"/> when the file has no list of clients.</param>
/// <param name="Users">The users, or <see langword="null"/> when the file has no list of users.</param>
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
