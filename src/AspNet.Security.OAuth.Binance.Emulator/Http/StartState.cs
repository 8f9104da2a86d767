namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>What an emulator knows at its start, to which a reset brings it back.</summary>
internal sealed record StartState(
    BinanceEmulatorOptions Options,
    IReadOnlyList<EmulatorClient> Clients,
    IReadOnlyList<EmulatorUser> Users,
    IReadOnlyList<EmulatorPendingFault> Faults);
