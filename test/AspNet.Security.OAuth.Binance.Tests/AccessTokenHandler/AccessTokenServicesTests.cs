using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AspNet.Security.OAuth.Binance.Tests.AccessTokenHandler;

/// <summary>
/// The services that <c>AddBinanceAccessToken</c> registers resolve in every application, and are registered once.
/// </summary>
public sealed class AccessTokenServicesTests
{
    private static readonly ServiceProviderOptions _strict = new() { ValidateOnBuild = true, ValidateScopes = true };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Services_resolve_without_Blazor_and_SignalR(bool withBinance, bool withSessions)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging().AddHttpClient("api", client => client.BaseAddress = new Uri("http://127.0.0.1:1")).AddBinanceAccessToken();
        var authentication = services.AddAuthentication("Cookies").AddCookie();
        if (withBinance)
        {
            authentication.AddBinance(options => (options.ClientId, options.ClientSecret) = ("id", "secret"));
        }

        if (withSessions)
        {
            authentication.AddBinanceServerSessions();
        }

        await using var provider = services.BuildServiceProvider(_strict);
        await using var scope = provider.CreateAsyncScope();

        Assert.Single(scope.ServiceProvider.GetServices<CircuitHandler>());
        Assert.NotNull(provider.GetRequiredService<IOptions<HubOptions>>().Value);
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("things", TestContext.Current.CancellationToken));
        Assert.Contains("there is no request", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_clients_register_their_services_once()
    {
        static IEnumerable<Type?> Ours(IServiceCollection services)
            => services.Select(service => service.ImplementationType).Where(type => type?.Assembly == typeof(BinanceSessions).Assembly);
        var one = new ServiceCollection();
        one.AddHttpClient("api").AddBinanceAccessToken();
        var several = new ServiceCollection();
        several.AddHttpClient("api").AddBinanceAccessToken().AddBinanceAccessToken("Second");
        several.AddHttpClient("other").AddBinanceAccessToken();

        Assert.NotEmpty(Ours(one));
        Assert.Equal(Ours(one), Ours(several));
        Assert.Single(several, service => service.ServiceType == typeof(CircuitHandler));
        Assert.Single(several, service => service.ServiceType == typeof(IConfigureOptions<HubOptions>));
    }
}
