using System.Net;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.BrokenServer;

/// <summary>
/// A site with a cookie and Login with Binance on a Kestrel of its own, and the emulator on another: all that goes between browser,
/// site and Binance goes through sockets.
/// </summary>
internal sealed class SocketSite : IAsyncDisposable
{
    private static readonly Dictionary<string, RequestDelegate> _pages = new()
    {
        ["/failed"] = context => context.Response.WriteAsync(
            $"That did not work. <a href=\"/login?returnUrl={Uri.EscapeDataString(context.Request.Query["returnUrl"].ToString())}\">Try again</a>",
            context.RequestAborted),
    };

    private readonly WebApplication _app;

    private SocketSite(WebApplication app, BinanceEmulator emulator, TimeProvider time) => (_app, Emulator, Time) = (app, emulator, time);

    public BinanceEmulator Emulator { get; }

    public TimeProvider Time { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single());

    /// <summary>What the whole site logged: provider, cookies, server.</summary>
    public IReadOnlyList<FakeLogRecord> Logs => Services.GetFakeLogCollector().GetSnapshot();

    public BinanceAuthenticationOptions Options
        => Services.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);

    /// <param name="time">The site's time; the emulator has its own.</param>
    /// <param name="emulator">Sets the emulator's options.</param>
    /// <param name="binance">Sets the provider's options, after those that every site has.</param>
    /// <param name="services">Registers more, after everything else.</param>
    /// <param name="level">What is worth being logged.</param>
    public static async Task<SocketSite> StartAsync(
        TimeProvider time,
        Action<BinanceEmulatorOptions>? emulator = null,
        Action<BinanceAuthenticationOptions>? binance = null,
        Action<IServiceCollection>? services = null,
        LogLevel level = LogLevel.Trace)
    {
        var stop = TestContext.Current.CancellationToken;
        var server = await BinanceEmulator.StartAsync(emulator, stop);
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton(time);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(level).AddFakeLogging());
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            options.Scope.Add(BinanceAuthenticationConstants.Scopes.Email);
            options.FailurePath = "/failed";
            options.UseServer(server.BaseAddress);
            binance?.Invoke(options);
        });
        services?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseAuthentication();
        app.Run(context => SitePages.ServeAsync(context, _pages));
        await app.StartAsync(stop);
        return new SocketSite(app, server, time);
    }

    /// <summary>How often an endpoint was asked, whatever became of it.</summary>
    public int Calls(EmulatorEndpoint endpoint, string? grantType = null)
        => Emulator.Requests.To(endpoint).Count(request => grantType is null || request.GrantType == grantType);

    public async ValueTask DisposeAsync()
    {
        // Held calls first: the site waits for them when it stops.
        await Emulator.DisposeAsync();
        await _app.StopAsync(CancellationToken.None);
        Options.Backchannel.Dispose();
        await _app.DisposeAsync();
    }
}
