using System.Net;
using AspNet.Security.OAuth.Binance.Emulator.Control;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspNet.Security.OAuth.Binance.Emulator.Http;

/// <summary>An emulator's own Kestrel, without configuration, console and signal handlers. It listens on loopback unless other machines are allowed.</summary>
internal static class EmulatorHost
{
    private static readonly TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(5);

    public static async Task<(WebApplication Host, Uri BaseAddress)> StartAsync(EmulatorServer server, CancellationToken cancellationToken)
    {
        var port = server.Options.Port;
        Task<WebApplication> starting;

        // WebApplicationFactory finds an application's host by a diagnostic event in the execution context of its entry point. It must not
        // find the emulator's host, which the application starts, and replace its server.
        using (ExecutionContext.SuppressFlow())
        {
            starting = Task.Run(() => StartCoreAsync(server, port, cancellationToken), cancellationToken);
        }

        var host = await starting;
        if (port != 0)
        {
            return (host, new Uri($"http://localhost:{port}"));
        }

        var addresses = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return (host, new Uri($"http://127.0.0.1:{new Uri(addresses.Addresses.Single()).Port}"));
    }

    private static async Task<WebApplication> StartCoreAsync(EmulatorServer server, int port, CancellationToken cancellationToken)
    {
        var host = Build(port, server.Options.AllowsOtherMachines);
        EmulatorRoutes.Map(host, server, NullLogger.Instance, isAlone: true);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch (IOException exception)
        {
            await host.DisposeAsync();
            var reason = exception.InnerException is AddressInUseException or AggregateException { InnerExceptions: [AddressInUseException, ..] }
                ? "it is in use"
                : "the system refuses it";
            throw new IOException(
                $"The Binance emulator cannot listen on port {port}: {reason}. Stop what uses it, or choose another port with {nameof(BinanceEmulatorOptions)}.{nameof(BinanceEmulatorOptions.Port)}; 0 lets the system choose.",
                exception);
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(int port, bool isOpen)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = _shutdownTimeout);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ControlCall.MaxBody;
            if (port == 0)
            {
                // Kestrel cannot choose one port that is free for both IPv4 and IPv6.
                kestrel.Listen(isOpen ? IPAddress.Any : IPAddress.Loopback, 0);
            }
            else if (isOpen)
            {
                kestrel.ListenAnyIP(port);
            }
            else
            {
                kestrel.ListenLocalhost(port);
            }
        });
        return builder.Build();
    }

    // The default lifetime handles Ctrl+C, so that a test process would not end.
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
