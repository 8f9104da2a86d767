using AspNet.Security.OAuth.Binance.Emulator;

namespace SampleWeb.Hosting;

/// <summary>
/// Lets a developer without credentials try the site: Binance's OAuth server, emulated in this process, on an origin of its own.
/// </summary>
internal static partial class DevelopmentEmulator
{
    private const string PortKey = "Emulator:Port";

    /// <summary>
    /// Starts the emulator on <c>Emulator:Port</c> (0: a free port) and puts it into the container, where the pages find it.
    /// </summary>
    /// <returns>
    /// The emulator, which the caller disposes of; <see langword="null"/> outside Development, or when there are credentials for the real server.
    /// </returns>
    /// <exception cref="StartupException">It cannot listen on that port.</exception>
    public static async Task<BinanceEmulator?> StartDevelopmentEmulatorAsync(this WebApplicationBuilder builder)
    {
        // One of the two is enough to mean the real server: the provider then says that the other is missing.
        var binance = builder.Configuration.GetSection("Authentication:Schemes:Binance");
        if (!builder.Environment.IsDevelopment() || IsSet(binance["ClientId"]) || IsSet(binance["ClientSecret"]))
        {
            return null;
        }

        var port = builder.Configuration.GetValue<int>(PortKey);
        try
        {
            var emulator = await BinanceEmulator.StartAsync(options => options.Port = port);
            NameThisSite(emulator);
            builder.Services.AddSingleton(emulator);
            return emulator;
        }
        catch (IOException exception)
        {
            throw new StartupException(
                $"""
                The emulator cannot listen on port {port}: it is in use, or the system does not allow it.
                Choose another port for the emulator: dotnet run --project sample-web -- --{PortKey}=5260
                """,
                exception);
        }
    }

    /// <summary>
    /// Logs the address of the emulator, when the site has started.
    /// </summary>
    public static void LogEmulator(this WebApplication app, BinanceEmulator? emulator)
    {
        if (emulator is not null)
        {
            app.Lifetime.ApplicationStarted.Register(() => LogAddress(app.Logger, emulator.BaseAddress));
        }
    }

    [LoggerMessage(1, LogLevel.Information, "No credentials are set, so users sign in at an emulator of Binance: {Address}", EventName = "EmulatorStarted")]
    private static partial void LogAddress(ILogger logger, Uri address);

    // The preset client under this site's own name, which the consent page shows.
    private static void NameThisSite(BinanceEmulator emulator)
    {
        emulator.Clients.Remove(BinanceEmulatorDefaults.ClientId);
        emulator.Clients.Add(new EmulatorClient
        {
            ClientId = BinanceEmulatorDefaults.ClientId,
            ClientSecret = BinanceEmulatorDefaults.ClientSecret,
            Name = "Sample site",
            RedirectUris = ["http://localhost/signin-binance", "http://127.0.0.1/signin-binance"],
            AllowAnyLoopbackPort = true,
        });
    }

    private static bool IsSet(string? value) => !string.IsNullOrWhiteSpace(value);
}
