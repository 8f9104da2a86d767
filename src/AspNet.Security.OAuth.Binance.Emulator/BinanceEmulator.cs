using AspNet.Security.OAuth.Binance.Emulator.Http;
using AspNet.Security.OAuth.Binance.Emulator.Testing;
using Microsoft.AspNetCore.Builder;

namespace AspNet.Security.OAuth.Binance.Emulator;

/// <summary>
/// Binance's OAuth 2.0 server for development and tests: strict by default, scriptable, on loopback unless
/// <see cref="BinanceEmulatorOptions.AllowedHosts"/> allows others. It is not Binance, and implements the documented protocol alone.
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

    internal BinanceEmulator()
    {
    }

    /// <summary>
    /// Gets the address under which this machine reaches the emulator, without a path: <c>http://127.0.0.1:{port}</c> when the system chose the port,
    /// <c>http://localhost:{port}</c> for a given one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The emulator is part of an application's own host, and has the application's addresses.</exception>
    public Uri BaseAddress => _baseAddress ?? throw new InvalidOperationException(
        "This emulator is part of an application's own host (AddBinanceEmulator): its address is the application's, and where MapBinanceEmulator put it.");

    /// <summary>Gets the options.</summary>
    public BinanceEmulatorOptions Options => Server.Options;

    /// <summary>Gets the registered applications; at first those of <see cref="BinanceEmulatorDefaults"/>.</summary>
    public EmulatorClients Clients => Server.Clients;

    /// <summary>Gets the accounts; at first those of <see cref="BinanceEmulatorDefaults"/>.</summary>
    public EmulatorUsers Users => Server.Users;

    /// <summary>Gets the emulator's clock.</summary>
    public EmulatorClock Clock => Server.Clock;

    /// <summary>Gets the faults of the next requests.</summary>
    public EmulatorFaults Faults => Server.Faults;

    /// <summary>Gets the journal of requests and responses.</summary>
    public EmulatorJournal Requests => Server.Requests;

    /// <summary>Gets the live tokens.</summary>
    public EmulatorTokens Tokens => Server.IssuedTokens;

    internal EmulatorServer Server { get; } = new();

    /// <summary>Starts an emulator with its own Kestrel, on loopback unless <see cref="BinanceEmulatorOptions.AllowedHosts"/> allows others. It logs nothing and reads no configuration.</summary>
    /// <param name="configure">Sets the options.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <returns>The emulator, which listens. Disposing it stops it.</returns>
    /// <exception cref="InvalidOperationException"><c>ASPNETCORE_ENVIRONMENT</c> or <c>DOTNET_ENVIRONMENT</c> is Production, and <see cref="BinanceEmulatorOptions.AllowProduction"/> is not set.</exception>
    /// <exception cref="IOException">The port is in use or refused by the system, or so is <see cref="BinanceEmulatorOptions.TokenFile"/>. The message names it.</exception>
    /// <exception cref="InvalidDataException"><see cref="BinanceEmulatorOptions.TokenFile"/> is another file, or broken. It is not changed.</exception>
    public static Task<BinanceEmulator> StartAsync(Action<BinanceEmulatorOptions>? configure = null, CancellationToken cancellationToken = default)
        => StartAsync(configure, Environment.GetEnvironmentVariable, cancellationToken);

    /// <summary>
    /// Signs in at an application as a user with a browser would: requests its login path, follows its redirects to the emulator, approves,
    /// and follows the redirects back. For tests, with the client of a <c>WebApplicationFactory</c>.
    /// </summary>
    /// <param name="site">The application's client. It keeps cookies, and may follow redirects itself.</param>
    /// <param name="loginPath">
    /// The path that starts the sign-in, such as <c>/auth/login?returnUrl=/profile</c>, or of a page that needs a signed-in user. Where a form is
    /// posted to start it: the address that the application then redirects to.
    /// </param>
    /// <param name="userId">The user. <see langword="null"/>: <see cref="BinanceEmulatorOptions.AutoApproveUser"/>, or the first of <see cref="Users"/>.</param>
    /// <param name="cancellationToken">Cancels the sign-in.</param>
    /// <returns>The application's last response, which is no redirect.</returns>
    /// <exception cref="ArgumentException">There is no such user, or the client has no base address for the path.</exception>
    /// <exception cref="InvalidOperationException">The login path does not lead to this emulator, the emulator refuses the authorize request without a redirect, the redirect URI is an app's, or the application redirects more than 20 times.</exception>
    /// <exception cref="HttpRequestException">The application or the emulator cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<HttpResponseMessage> SignInAsync(HttpClient site, string loginPath, string? userId = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentException.ThrowIfNullOrEmpty(loginPath);
        var id = userId ?? Options.AutoApproveUser;
        var user = (id is null ? Users.FirstOrDefault() : Users.Find(id)) ?? throw new ArgumentException(
            id is null ? "The emulator has no users." : $"There is no user '{id}'{(userId is null ? ", which AutoApproveUser names" : "")}.",
            nameof(userId));
        return Walk(site).RunAsync(loginPath, Decision.Approve(user, isAnybody: id is null), cancellationToken);
    }

    /// <summary>Like <see cref="SignInAsync"/>, for a user who cancels on the consent page.</summary>
    /// <param name="site">The application's client. It keeps cookies, and may follow redirects itself.</param>
    /// <param name="loginPath">The path that starts the sign-in.</param>
    /// <param name="cancellationToken">Cancels the sign-in.</param>
    /// <returns>The application's last response, which is no redirect; the emulator's page for <see cref="DenialBehavior.StayOnPage"/>.</returns>
    /// <exception cref="InvalidOperationException">The login path does not lead to this emulator, the emulator refuses the authorize request without a redirect, the redirect URI is an app's, or the application redirects more than 20 times.</exception>
    /// <exception cref="HttpRequestException">The application or the emulator cannot be reached.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<HttpResponseMessage> CancelSignInAsync(HttpClient site, string loginPath, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentException.ThrowIfNullOrEmpty(loginPath);
        return Walk(site).RunAsync(loginPath, Decision.Deny, cancellationToken);
    }

    /// <summary>
    /// Restores the state right after the start (the end of <see cref="StartAsync(Action{BinanceEmulatorOptions}, CancellationToken)"/>,
    /// or <c>MapBinanceEmulator</c>), for tests that share an emulator. Clients, users, the options that may change, and the faults of the start are
    /// restored; tokens, codes, consents and the journal are removed, from <see cref="BinanceEmulatorOptions.TokenFile"/> too; the clock has the
    /// system's time again.
    /// </summary>
    /// <remarks>
    /// A concurrent request is handled before the reset or after it, and is not in the journal. Holds are released; the code or the token of a
    /// held request is then unknown. Waits for a request (<see cref="EmulatorJournal.WaitForAsync(Func{EmulatorRequest, bool}, int, CancellationToken)"/>)
    /// and readers of the journal (<see cref="EmulatorJournal.ReadAllAsync(CancellationToken)"/>) continue.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The emulator is for an application's own host, and was not mapped.</exception>
    /// <exception cref="IOException">The system refuses to write <see cref="BinanceEmulatorOptions.TokenFile"/>.</exception>
    public void Reset() => Server.Reset();

    /// <summary>Stops an emulator that <see cref="StartAsync(Action{BinanceEmulatorOptions}, CancellationToken)"/> started, without waiting for requests in progress.</summary>
    /// <returns>A task that completes when it has stopped.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _host, null) is { } host)
        {
            await host.StopAsync();
            await host.DisposeAsync();
            Server.Close();
        }
    }

    private SignInWalk Walk(HttpClient site) => new(site, _baseAddress, Options, Requests);

    internal static async Task<BinanceEmulator> StartAsync(Action<BinanceEmulatorOptions>? configure, Func<string, string?> environment, CancellationToken cancellationToken)
    {
        var emulator = new BinanceEmulator();
        configure?.Invoke(emulator.Options);
        ProductionGuard.Check(emulator.Options, environment);
        emulator.Server.OpenTokenFile();
        try
        {
            emulator.Server.MarkStart();
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
