using AspNet.Security.OAuth.Binance.Emulator.Http;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// Binance's OAuth 2.0 server for development and tests: strict by default, scriptable, on loopback only. It is not Binance and
/// has nothing from it but the documented protocol.
/// </summary>
/// <example>
/// <code>
/// await using var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true);
/// </code>
/// </example>
public sealed class BinanceEmulator : IAsyncDisposable
{
    private WebApplication? _host;
    private Uri? _baseAddress;

    internal BinanceEmulator() => Tokens = new EmulatorTokens(Server.Tokens, Server.Clients, Server.Users);

    /// <summary>
    /// Gets the address that the emulator listens on, without a path: <c>http://127.0.0.1:{port}</c> when the system chose the port,
    /// <c>http://localhost:{port}</c> for a given one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The emulator is part of an application's own host, and has the application's addresses.</exception>
    public Uri BaseAddress => _baseAddress ?? throw new InvalidOperationException(
        "This emulator is part of an application's own host (AddBinanceEmulator): its address is the application's, and where MapBinanceEmulator put it.");

    /// <summary>Gets the options, which say how the emulator behaves.</summary>
    public BinanceEmulatorOptions Options => Server.Options;

    /// <summary>Gets the registered applications; at first those of <see cref="BinanceEmulatorDefaults"/>.</summary>
    public EmulatorClients Clients => Server.Clients;

    /// <summary>Gets the accounts; at first those of <see cref="BinanceEmulatorDefaults"/>.</summary>
    public EmulatorUsers Users => Server.Users;

    /// <summary>Gets the emulator's clock.</summary>
    public EmulatorClock Clock => Server.Clock;

    /// <summary>Gets the faults that the next calls meet.</summary>
    public EmulatorFaults Faults => Server.Faults;

    /// <summary>Gets the journal of requests and responses.</summary>
    public EmulatorJournal Requests => Server.Requests;

    /// <summary>Gets the live tokens.</summary>
    public EmulatorTokens Tokens { get; }

    internal EmulatorServer Server { get; } = new();

    /// <summary>Starts an emulator with its own Kestrel on loopback. It logs nothing and reads no configuration.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The emulator, which listens. Disposing it stops it.</returns>
    /// <exception cref="InvalidOperationException"><c>ASPNETCORE_ENVIRONMENT</c> or <c>DOTNET_ENVIRONMENT</c> is Production, and <see cref="BinanceEmulatorOptions.AllowProduction"/> is not set.</exception>
    /// <exception cref="IOException">The port is in use or refused by the system, or so is <see cref="BinanceEmulatorOptions.TokenFile"/>. The message names it.</exception>
    /// <exception cref="InvalidDataException"><see cref="BinanceEmulatorOptions.TokenFile"/> is another file, or broken. It is left as it is.</exception>
    public static Task<BinanceEmulator> StartAsync(Action<BinanceEmulatorOptions>? configure = null, CancellationToken cancellationToken = default)
        => StartAsync(configure, Environment.GetEnvironmentVariable, cancellationToken);

    /// <summary>Stops an emulator that <see cref="StartAsync(Action{BinanceEmulatorOptions}, CancellationToken)"/> started, without waiting for calls that are held or never end.</summary>
    /// <returns>A task that completes when it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
        {
            await host.StopAsync();
            await host.DisposeAsync();
            Server.Tokens.Close();
        }
    }

    internal static async Task<BinanceEmulator> StartAsync(Action<BinanceEmulatorOptions>? configure, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var emulator = new BinanceEmulator();
        configure?.Invoke(emulator.Options);
        ProductionGuard.Check(emulator.Options, environment);
        emulator.Server.OpenTokenFile();
        try
        {
            (emulator._host, emulator._baseAddress) = await EmulatorHost.StartAsync(emulator.Server, cancellationToken);
            return emulator;
        }
        catch
        {
            emulator.Server.Tokens.Close();
            throw;
        }
    }
}
