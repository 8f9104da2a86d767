using AspNet.Security.OAuth.Binance.Emulator.Hosting;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>The objects that the JSON API uses: those of the C# API, the reset, and the lock between requests and a reset.</summary>
internal sealed record ControlledEmulator(
    BinanceEmulatorOptions Options,
    EmulatorClients Clients,
    EmulatorUsers Users,
    EmulatorClock Clock,
    EmulatorFaults Faults,
    EmulatorJournal Requests,
    EmulatorTokens Tokens,
    ResetLock Resets,
    Action Reset);
