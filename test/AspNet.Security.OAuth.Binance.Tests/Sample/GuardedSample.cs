using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample in either environment, with an emulator to sign in at. A page that is opened with <c>?fault</c> throws.
/// </summary>
public sealed class GuardedSample : WebApplicationFactory<Program>
{
    public const string Detail = "a detail that must not be shown";

    private readonly BinanceEmulator? _binance;
    private readonly string? _allowedHosts;

    private GuardedSample(BinanceEmulator? binance, string? allowedHosts) => (_binance, _allowedHosts) = (binance, allowedHosts);

    public BinanceEmulator Binance => _binance ?? Services.GetRequiredService<BinanceEmulator>();

    public FakeLogCollector Logs => Services.GetFakeLogCollector();

    public Uri Address => new(_binance is null ? "http://localhost" : "https://www.example.com");

    public static async Task<GuardedSample> StartAsync(string environment, string? allowedHosts = "www.example.com")
    {
        if (environment == "Development")
        {
            return new GuardedSample(null, null);
        }

        var binance = await BinanceEmulator.StartAsync(options => options.AutoApprove = true, TestContext.Current.CancellationToken);
        binance.Clients.Add(new EmulatorClient { ClientId = "the-client", ClientSecret = "the-secret", RedirectUris = ["https://www.example.com/signin-binance"] });
        return new GuardedSample(binance, allowedHosts);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_binance is not null)
        {
            await _binance.DisposeAsync();
        }
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(_binance is null ? "Development" : "Production");
        builder.UseSetting("Emulator:Port", "0");
        builder.UseSetting("HTTPS_PORT", "443");
        builder.UseSetting("Authentication:Schemes:Binance:ClientId", _binance is null ? "" : "the-client");
        builder.UseSetting("Authentication:Schemes:Binance:ClientSecret", _binance is null ? "" : "the-secret");
        if (_allowedHosts is not null)
        {
            builder.UseSetting("AllowedHosts", _allowedHosts);
        }

        builder.ConfigureTestServices(services =>
        {
            services.AddLogging(logging => logging.AddFakeLogging());
            services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
            services.Configure<MvcOptions>(options => options.Filters.Add(new Fault()));
            if (_binance is not null)
            {
                services.Configure<BinanceAuthenticationOptions>(
                    BinanceAuthenticationDefaults.AuthenticationScheme, options => options.UseServer(_binance.BaseAddress));
            }
        });
    }

    private sealed class Fault : IActionFilter
    {
        public void OnActionExecuting(ActionExecutingContext context)
        {
            var http = context.HttpContext;
            if (http.Request.Query.ContainsKey("fault") && http.Features.Get<IExceptionHandlerFeature>() is null)
            {
                throw new InvalidOperationException(Detail);
            }
        }

        public void OnActionExecuted(ActionExecutedContext context)
        {
        }
    }
}
