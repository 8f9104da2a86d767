using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Callback.Support;

/// <summary>
/// A derived handler whose <c>ExchangeCodeAsync</c> is that of a test.
/// </summary>
internal sealed class OwnExchange(
    IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder, OwnExchange.Override own)
    : BinanceAuthenticationHandler(options, logger, encoder)
{
    /// <summary>The method of the base class.</summary>
    public delegate Task<OAuthTokenResponse> Exchange(OAuthCodeExchangeContext context);

    /// <summary>The test's method, which may call that of the base class.</summary>
    public delegate Task<OAuthTokenResponse> Override(OAuthCodeExchangeContext context, Exchange exchange);

    public static Task<TestSite> StartAsync(Override own, Action<BinanceAuthenticationOptions>? configure = null) => TestSite.StartAsync(setup =>
    {
        setup.Binance = options =>
        {
            options.RevocationTimeout = TimeSpan.FromMinutes(10);
            configure?.Invoke(options);
        };
        setup.Services = services => services.AddSingleton(own).AddTransient<BinanceAuthenticationHandler, OwnExchange>();
    });

    protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context) => own(context, base.ExchangeCodeAsync);
}
