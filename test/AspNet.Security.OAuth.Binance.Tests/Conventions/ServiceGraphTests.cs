using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

public sealed class ServiceGraphTests
{
    private static readonly ServiceProviderOptions _strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_service_is_created_with_either_order_of_registration(bool binanceFirst)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        var builder = services.AddLogging().AddAuthentication();
        _ = binanceFirst ? AddBinance(builder).AddCookie() : AddBinance(builder.AddCookie());

        await using var provider = services.BuildServiceProvider(_strict);
        await using var scope = provider.CreateAsyncScope();

        Assert.NotNull(provider.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get("Cookies").Events);
        Assert.Equal("id", provider.GetRequiredService<IOptionsMonitor<BinanceAuthenticationOptions>>().Get("Binance").ClientId);
        Assert.NotNull(scope.ServiceProvider.GetRequiredService<BinanceAuthenticationHandler>());
    }

    [Fact]
    public void Adding_two_schemes_registers_what_they_share_once()
    {
        var one = new ServiceCollection();
        AddBinance(one.AddAuthentication());
        var two = new ServiceCollection();
        AddBinance(two.AddAuthentication()).AddBinance("Partner", _ => { });

        Assert.Equal(Ours(one), Ours(two));
    }

    private static AuthenticationBuilder AddBinance(AuthenticationBuilder builder)
        => builder.AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));

    private static IEnumerable<Type> Ours(IServiceCollection services)
        => services.Select(service => service.ImplementationType).OfType<Type>()
            .Where(type => type.Assembly == typeof(BinanceAuthenticationHandler).Assembly && type != typeof(BinanceAuthenticationHandler));
}
