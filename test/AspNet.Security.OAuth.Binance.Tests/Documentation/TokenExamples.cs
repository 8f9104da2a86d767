using AspNet.Security.OAuth.Binance.Emulator;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Documentation;

/// <summary>
/// The code of docs/tokens.md, run.
/// </summary>
public sealed class TokenExamples
{
    [Fact]
    public async Task Permission_that_ends_by_design_does_not_end_the_session()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.Configure<BinanceAuthenticationOptions>(
            BinanceAuthenticationDefaults.AuthenticationScheme,
            options => (options.ClientId, options.ClientSecret) = (BinanceEmulatorDefaults.ClientId, BinanceEmulatorDefaults.ClientSecret));
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie()
            .AddBinance(options =>
            {
                options.Scope.Add("create:apikey");
                options.EndSessionWhenRefused = false;
            });

        await using var provider = services.BuildServiceProvider();
        var options = provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get(BinanceAuthenticationDefaults.AuthenticationScheme);

        Assert.Contains("create:apikey", options.Scope);
        Assert.False(options.EndSessionWhenRefused);
    }

    [Fact]
    public async Task Http_client_sends_no_request_for_an_anonymous_user()
    {
        await using var binance = await BinanceEmulator.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie().AddBinance(options =>
        {
            options.ClientId = BinanceEmulatorDefaults.ClientId;
            options.ClientSecret = BinanceEmulatorDefaults.ClientSecret;
            options.UseServer(binance.BaseAddress);
        });

        builder.Services.AddHttpClient("shop", client => client.BaseAddress = new Uri("https://api.shop.example"))
            .AddBinanceAccessToken();

        await using var provider = builder.Services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("shop");
        provider.GetRequiredService<IHttpContextAccessor>().HttpContext = new DefaultHttpContext { RequestServices = provider };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("/orders", TestContext.Current.CancellationToken));

        Assert.Contains("nobody is signed in", exception.Message, StringComparison.Ordinal);
    }
}
