namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// <see cref="BinanceOAuthClient.RequireHttpsEndpoints"/>.
/// </summary>
public sealed class RequireHttpsEndpointsTests
{
    public static TheoryData<string> Methods => [.. PlainClient.Methods];

    [Fact]
    public void It_is_on_by_default()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();

        Assert.True(new BinanceOAuthClient(http) { ClientId = "id" }.RequireHttpsEndpoints);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Switched_off_it_lets_plain_http_pass(string method)
    {
        using var client = new PlainClient(
            method, "http://emulator:5210", (http, endpoints) => new(http) { ClientId = "id", Endpoints = endpoints, RequireHttpsEndpoints = false });

        await client.CallAsync();

        Assert.Equal(method == nameof(BinanceOAuthClient.CreateAuthorizationRequest) ? 0 : 1, client.Requests);
    }
}
