using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// An application's handler that overrides the exchange and throws the provider's exception.
/// </summary>
public sealed class OwnExchangeTests
{
    [Fact]
    public async Task A_failure_of_the_application_s_exchange_is_a_failed_sign_in_without_the_verifier()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Authentication = authentication => authentication.Services.AddTransient<BinanceAuthenticationHandler, RefusingHandler>());

        var response = await site.Browser().SignInAsync("/wanted");

        Assert.Equal("/failed?failure=invalid_grant&returnUrl=%2Fwanted", response.Location!.OriginalString);
        Assert.Equal(BinanceFailure.InvalidGrant, site.SingleFailure().Failure);
        var properties = Assert.Single(site.Failures).Properties!;
        Assert.Equal("/wanted", properties.RedirectUri);
        Assert.DoesNotContain(OAuthConstants.CodeVerifierKey, properties.Items.Keys);
        Assert.Contains("not this time", Assert.Single(site.Logs, record => record.Level is LogLevel.Warning).Message, StringComparison.Ordinal);
    }

    private sealed class RefusingHandler(IOptionsMonitor<BinanceAuthenticationOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : BinanceAuthenticationHandler(options, logger, encoder)
    {
        protected override Task<OAuthTokenResponse> ExchangeCodeAsync(OAuthCodeExchangeContext context)
            => throw new BinanceAuthenticationException(BinanceFailure.InvalidGrant, "not this time");
    }
}
