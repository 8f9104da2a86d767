using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests.CodeExchange;

/// <summary>
/// The HTTP client or handler of the application, in place of the provider's own. Broken responses are in <c>Security/BrokenServer</c>.
/// </summary>
public sealed class BackchannelTests
{
    [Fact]
    public async Task The_application_s_own_backchannel_is_used()
    {
        using var binance = new BinanceStub();
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("X-Partner", "seven");
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.Backchannel = client);

        await site.Browser().SignInAsync();

        Assert.All(binance.Requests, request => Assert.Equal("seven", Assert.Single(request.Headers!["X-Partner"])));
        Assert.Equal(2, binance.Requests.Count);
    }

    [Theory]
    [InlineData("HttpClientHandler")]
    [InlineData("SocketsHttpHandler")]
    [InlineData("DelegatingHandler")]
    public async Task The_application_s_own_handler_follows_no_redirect(string kind)
    {
        using var elsewhere = new BinanceStub();
        using var binance = new BinanceStub();
        binance.Respond(
            BinanceStub.TokenPath,
            Response.Create().WithStatusCode(307).WithHeader("Location", new Uri(elsewhere.Address, BinanceStub.TokenPath).AbsoluteUri));
        await using var site = await TestSite.StartAsync(binance, setup => setup.Binance = options => options.BackchannelHttpHandler = kind switch
        {
            "HttpClientHandler" => new HttpClientHandler(),
            "SocketsHttpHandler" => new SocketsHttpHandler(),
            _ => new PassingHandler { InnerHandler = new HttpClientHandler() },
        });

        Assert.Equal(BinanceFailure.InvalidResponse, (await site.FailToSignInAsync()).Failure);
        Assert.Empty(elsewhere.Requests);
    }

    private sealed class PassingHandler : DelegatingHandler;
}
