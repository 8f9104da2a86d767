using System.Collections.Concurrent;
using AspNet.Security.OAuth.Binance.Emulator;
using AspNet.Security.OAuth.Binance.Tests.Lifetime;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Security.Secrets;

/// <summary>
/// A site on a real Kestrel that logs all there is, with everything of the provider in use: the cookie, the refresh, <c>BinanceTokenService</c>,
/// and an HTTP client of its own that sends the user's token.
/// </summary>
internal sealed class CanarySite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private CanarySite(WebApplication app, BinanceEmulator binance) => (_app, Binance, Logs) = (app, binance, app.Services.GetFakeLogCollector());

    public BinanceEmulator Binance { get; }

    public LifetimeClock Clock => (LifetimeClock)_app.Services.GetRequiredService<TimeProvider>();

    public BinanceTokenService Client => _app.Services.GetRequiredService<BinanceTokenService>();

    public FakeLogCollector Logs { get; }

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<CanarySite> StartAsync(
        Investigation investigation, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? use = null, bool sessionStore = false)
    {
        var secret = CanaryServer.NewSecret();
        investigation.Secrets[secret] = "client_secret";
        var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        CanaryServer.MakeUnique(binance, secret, "http://127.0.0.1/signin-binance");

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(new LifetimeClock(binance));
        builder.Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging());
        builder.Services.AddHttpClient("api", client => client.BaseAddress = binance.BaseAddress).AddBinanceAccessToken();
        builder.Services
            .AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme)
            .AddCookie(options => options.SessionStore = sessionStore ? new Store(investigation) : null)
            .AddBinance(options =>
            {
                options.ClientId = CanaryServer.ClientId;
                options.ClientSecret = secret;
                options.FailurePath = "/failed";
                options.UseServer(binance.BaseAddress);
                CanaryEvents.Listen(options, investigation.Evidence);
            });
        configure?.Invoke(builder);

        var app = builder.Build();
        use?.Invoke(app);
        app.UseAuthentication();
        app.Run(ServeAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new CanarySite(app, binance);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await Binance.DisposeAsync();
    }

    private static async Task ServeAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/login":
                await context.ChallengeAsync("Binance", new AuthenticationProperties { RedirectUri = context.Request.Query["returnUrl"].FirstOrDefault("/") });
                break;

            case "/sign-out":
                await context.SignOutAsync();
                break;

            case "/call":
                var api = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient("api");
                using (var answer = await api.GetAsync("oauth-api/v1/user-info", context.RequestAborted))
                {
                    await context.Response.WriteAsync($"{answer.StatusCode}", context.RequestAborted);
                }

                break;

            default:
                await context.Response.WriteAsync(context.User.Identity is { IsAuthenticated: true } ? "a user" : "nobody", context.RequestAborted);
                break;
        }
    }

    /// <summary>A store whose keys are as good as the cookies that hold them.</summary>
    private sealed class Store(Investigation investigation) : ITicketStore
    {
        private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = [];

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString("N");
            investigation.Secrets[key] = "session id";
            _tickets[key] = ticket;
            return Task.FromResult(key);
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

        public Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            _tickets[key] = ticket;
            return Task.CompletedTask;
        }

        public Task RemoveAsync(string key)
        {
            _tickets.TryRemove(key, out _);
            return Task.CompletedTask;
        }
    }
}
