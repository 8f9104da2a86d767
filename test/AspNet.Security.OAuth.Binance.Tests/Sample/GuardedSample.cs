using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace AspNet.Security.OAuth.Binance.Tests.Sample;

/// <summary>
/// The sample in either environment, with an emulator to sign in at. A page that is opened with <c>?fault</c> throws.
/// </summary>
public sealed class GuardedSample : SampleInEnvironment
{
    public const string Detail = "a detail that must not be shown";

    private readonly string? _allowedHosts;

    private GuardedSample(BinanceEmulator? binance, string? allowedHosts)
        : base(binance, "the-client", "the-secret")
        => _allowedHosts = allowedHosts;

    public Uri Address => new(IsInProduction ? "https://www.example.com" : "http://localhost");

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

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.UseSetting("HTTPS_PORT", "443");
        if (_allowedHosts is not null)
        {
            builder.UseSetting("AllowedHosts", _allowedHosts);
        }

        builder.ConfigureTestServices(services => services.Configure<MvcOptions>(options => options.Filters.Add(new Fault())));
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
