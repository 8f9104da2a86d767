using AspNet.Security.OAuth.Binance.Emulator.Hosting;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>What the JSON API works on: the same objects that a test in C# has, its reset, and the lock that keeps both apart.</summary>
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
