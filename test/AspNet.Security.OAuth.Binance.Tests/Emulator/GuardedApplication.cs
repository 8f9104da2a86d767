using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>An application that maps the emulator: under <c>/binance</c> on a real Kestrel, or on an in-memory server.</summary>
internal sealed class GuardedApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GuardedApplication(WebApplication application, HttpClient http) => (_application, Http) = (application, http);

    public HttpClient Http { get; }

    public BinanceEmulator Emulator => _application.Services.GetRequiredService<BinanceEmulator>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts the application on Kestrel.</summary>
    /// <param name="use">The application's middleware, before the emulator's endpoints.</param>
    /// <param name="args">The application's command line.</param>
    /// <param name="socket">The Unix socket to listen on, in place of a port.</param>
    /// <param name="protocols">The protocols of the server.</param>
    public static async Task<GuardedApplication> StartAsync(
        Action<WebApplication>? use = null, string[]? args = null, string? socket = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = Builder(args: args);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocols);
            if (socket is null)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                kestrel.ListenUnixSocket(socket);
            }
        });
        var application = await StartAsync(builder, app =>
        {
            use?.Invoke(app);
            app.MapGroup("/binance").MapBinanceEmulator();
        });
        var handler = new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false };
        if (socket is not null)
        {
            handler.ConnectCallback = async (_, cancellationToken) =>
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await client.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(client, ownsSocket: true);
            };
        }

        return new(application, new HttpClient(handler)
        {
            BaseAddress = new Uri(socket is null ? application.Urls.Single() : "http://localhost"),
            DefaultRequestVersion = protocols == HttpProtocols.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
        });
    }

    /// <summary>Starts the application on an in-memory server.</summary>
    /// <param name="map">Maps the emulator, after the application's middleware. Default: without a prefix.</param>
    /// <param name="services">Adds services of the application.</param>
    /// <param name="configure">Sets the emulator's options.</param>
    /// <param name="environment">The environment.</param>
    public static async Task<GuardedApplication> StartInMemoryAsync(
        Action<WebApplication>? map = null, Action<IServiceCollection>? services = null, Action<BinanceEmulatorOptions>? configure = null, string environment = "Development")
    {
        var builder = Builder(environment, configure);
        builder.WebHost.UseTestServer();
        services?.Invoke(builder.Services);
        var application = await StartAsync(builder, map ?? (app => app.MapBinanceEmulator()));
        return new(application, application.GetTestClient());
    }

    /// <summary>Adds a fallback policy that requires a signed-in user on every endpoint.</summary>
    public static void RequireSignIn(IServiceCollection services)
    {
        services.AddAuthentication("cookie").AddCookie("cookie");
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>Sends a GET with headers, each <c>Name: value</c>.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, params string[] headers)
    {
        using var request = Requests.Create(HttpMethod.Get, path, headers);
        (request.Version, request.VersionPolicy) = (Http.DefaultRequestVersion, HttpVersionPolicy.RequestVersionExact);
        return await Http.SendAsync(request, Cancellation);
    }

    /// <summary>Sends a request to the in-memory server, in the form in which it gets to the middleware.</summary>
    public Task<HttpContext> SendAsync(string method, string path, Action<HttpContext>? configure = null, CancellationToken? cancellationToken = null)
        => _application.GetTestServer().SendAsync(
            context =>
            {
                context.Request.Method = method;
                context.Request.Path = path;
                context.Request.Host = new("localhost");
                configure?.Invoke(context);
            },
            cancellationToken ?? Cancellation);

    public Task StopAsync() => _application.StopAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.DisposeAsync();
    }

    private static WebApplicationBuilder Builder(string environment = "Development", Action<BinanceEmulatorOptions>? configure = null, string[]? args = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment, Args = ["--AllowedHosts=*", .. args ?? []] });
        builder.Logging.ClearProviders();
        builder.Services.AddBinanceEmulator(configure);
        return builder;
    }

    private static async Task<WebApplication> StartAsync(WebApplicationBuilder builder, Action<WebApplication> map)
    {
        var application = builder.Build();
        try
        {
            map(application);
            await application.StartAsync(Cancellation);
            return application;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }
}
