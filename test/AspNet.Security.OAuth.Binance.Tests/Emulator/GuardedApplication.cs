using System.Net;
using System.Net.Sockets;
using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspNet.Security.OAuth.Binance.Tests.Emulator;

/// <summary>An application on a real Kestrel that has mapped the emulator under <c>/binance</c>.</summary>
internal sealed class GuardedApplication : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GuardedApplication(WebApplication application, HttpClient http) => (_application, Http) = (application, http);

    public HttpClient Http { get; }

    public BinanceEmulator Emulator => _application.Services.GetRequiredService<BinanceEmulator>();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="use">The application's middleware, before the emulator's endpoints.</param>
    /// <param name="args">The application's command line.</param>
    /// <param name="socket">The Unix socket to listen on, in the place of a port.</param>
    /// <param name="protocols">What the server speaks.</param>
    public static async Task<GuardedApplication> StartAsync(
        Action<WebApplication>? use = null, string[]? args = null, string? socket = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Development", Args = ["--AllowedHosts=*", .. args ?? []] });
        builder.Logging.ClearProviders();
        builder.Services.AddBinanceEmulator();
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
        var application = builder.Build();
        use?.Invoke(application);
        application.MapGroup("/binance").MapBinanceEmulator();
        await application.StartAsync(Cancellation);
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

    /// <summary>Sends a GET with headers, each <c>Name: value</c>.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, params string[] headers)
    {
        using var request = Requests.Create(HttpMethod.Get, path, headers);
        (request.Version, request.VersionPolicy) = (Http.DefaultRequestVersion, HttpVersionPolicy.RequestVersionExact);
        return await Http.SendAsync(request, Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _application.DisposeAsync();
    }
}
