using AspNet.Security.OAuth.Binance;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.Extensions.Options;

namespace SampleSpa.Hosting;

/// <summary>
/// Lets a developer without credentials try the site: Binance's OAuth server, emulated in this process, on an origin of its own.
/// </summary>
internal static partial class DevelopmentEmulator
{
    // The client of /browser-flow/, which has no secret.
    private const string PublicClientId = "sample-spa-browser-flow";

    /// <summary>
    /// Starts the emulator on <c>Emulator:Port</c> (0: a free port) and signs users in there.
    /// </summary>
    /// <returns>
    /// The emulator, which the caller disposes of; <see langword="null"/> outside Development, or when there are credentials for the real server.
    /// </returns>
    public static async Task<BinanceEmulator?> StartDevelopmentEmulatorAsync(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment() || !string.IsNullOrWhiteSpace(builder.Configuration["Authentication:Schemes:Binance:ClientId"]))
        {
            return null;
        }

        var emulator = await BinanceEmulator.StartAsync(options => options.Port = builder.Configuration.GetValue<int>("Emulator:Port"));
        emulator.Clients.Clear();
        emulator.Clients.Add(new EmulatorClient
        {
            ClientId = BinanceEmulatorDefaults.ClientId,
            ClientSecret = BinanceEmulatorDefaults.ClientSecret,
            Name = "Sample single-page app",
            RedirectUris = ["http://localhost/signin-binance", "http://127.0.0.1/signin-binance"],
            AllowAnyLoopbackPort = true,
        });
        emulator.Clients.Add(new EmulatorClient
        {
            ClientId = PublicClientId,
            Name = "Sample browser flow",
            RedirectUris = ["http://localhost/browser-flow/", "http://127.0.0.1/browser-flow/"],
            AllowAnyLoopbackPort = true,
        });

        builder.Services.AddSingleton(emulator);
        builder.Services.Configure<BinanceAuthenticationOptions>(BinanceAuthenticationDefaults.AuthenticationScheme, options =>
        {
            options.UseServer(emulator.BaseAddress);
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
        });
        return emulator;
    }

    /// <summary>
    /// Maps <c>GET /api/emulator</c>: the address and the settings of the emulator for <c>/browser-flow/</c>; 204 without an emulator. Also
    /// allows the scripts of this site to call the emulator, which the browser flow does, and logs the emulator's address.
    /// </summary>
    public static void MapDevelopmentEmulator(this WebApplication app, BinanceEmulator? emulator)
    {
        if (emulator is null)
        {
            app.MapGet("/api/emulator", () => TypedResults.NoContent());
            return;
        }

        app.MapGet("/api/emulator", (HttpRequest request, IOptionsMonitor<BinanceAuthenticationOptions> binance) =>
        {
            var options = binance.Get(BinanceAuthenticationDefaults.AuthenticationScheme);
            return TypedResults.Ok(new EmulatorSettings(
                emulator.BaseAddress,
                PublicClientId,
                $"{request.Scheme}://{request.Host}/browser-flow/",
                options.AuthorizationEndpoint,
                options.TokenEndpoint,
                options.UserInformationEndpoint,
                options.RevocationEndpoint));
        });

        // The addresses of this site are known when it has started.
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            LogAddress(app.Logger, emulator.BaseAddress);
            foreach (var address in app.Urls.Select(BindingAddress.Parse))
            {
                emulator.Options.AllowedOrigins.Add(OriginOf(address, "localhost"));
                emulator.Options.AllowedOrigins.Add(OriginOf(address, "127.0.0.1"));
            }
        });
    }

    [LoggerMessage(1, LogLevel.Information, "No credentials are set, so users sign in at an emulator of Binance: {Address}", EventName = "EmulatorStarted")]
    private static partial void LogAddress(ILogger logger, Uri address);

    // Without the port of the scheme, as a browser sends it.
    private static string OriginOf(BindingAddress address, string host)
        => new UriBuilder(address.Scheme, host, address.Port).Uri.GetLeftPart(UriPartial.Authority);

    private sealed record EmulatorSettings(
        Uri Address,
        string ClientId,
        string RedirectUri,
        string AuthorizationEndpoint,
        string TokenEndpoint,
        string UserInformationEndpoint,
        string RevocationEndpoint);
}
