namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>The state of an emulator at its start, which a reset restores.</summary>
internal sealed record StartState(
    BinanceEmulatorOptions Options,
    IReadOnlyList<EmulatorClient> Clients,
    IReadOnlyList<EmulatorUser> Users,
    IReadOnlyList<EmulatorPendingFault> Faults);
