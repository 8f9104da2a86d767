using AspNet.Security.OAuth.Binance.Tests.Client.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// <see cref="BinanceOAuthClient.RequireHttpsEndpoints"/>: the client uses no endpoint with plain http, except on the loopback interface.
/// </summary>
public sealed class ClientHttpsEndpointTests
{
    public static TheoryData<string> Methods => [.. PlainClient.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Plain_http_is_refused_with_the_name_of_the_option(string method)
    {
        using var client = new PlainClient(method, "http://server.example");

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => client.CallAsync());

        Assert.Contains("RequireHttpsEndpoints", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, client.Requests);
    }

    [Theory]
    [InlineData("http://localhost.server.example")]
    [InlineData("http://127.0.0.1.server.example")]
    [InlineData("http://10.0.0.5")]
    [InlineData("http://0.0.0.0:5210")]
    [InlineData("http://emulator:5210")]
    public async Task Host_that_only_resembles_loopback_is_refused(string address)
    {
        using var client = new PlainClient(nameof(BinanceOAuthClient.RefreshAsync), address);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.CallAsync());

        Assert.Equal(0, client.Requests);
    }

    [Theory]
    [InlineData("https://server.example")]
    [InlineData("http://localhost:5210")]
    [InlineData("http://127.0.0.1:5210")]
    [InlineData("http://[::1]:5210")]
    public async Task Https_and_loopback_are_requested(string address)
    {
        foreach (var method in PlainClient.Methods)
        {
            using var client = new PlainClient(method, address);

            await client.CallAsync();

            Assert.Equal(method == nameof(BinanceOAuthClient.CreateAuthorizationRequest) ? 0 : 1, client.Requests);
        }
    }

    [Fact]
    public async Task Refresher_passes_the_exception_on_and_uses_up_no_refresh_token()
    {
        using var client = new PlainClient(nameof(BinanceOAuthClient.RefreshAsync), "http://server.example");
        var refresher = new BinanceTokenRefresher(client.Client);

        await Assert.ThrowsAsync<InvalidOperationException>(() => refresher.RefreshAsync("a-refresh-token", TestContext.Current.CancellationToken));

        Assert.Equal(0, client.Requests);
    }

    [Fact]
    public void Https_is_required_by_default()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();

        Assert.True(new BinanceOAuthClient(http) { ClientId = "id" }.RequireHttpsEndpoints);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Plain_http_is_requested_when_https_is_not_required(string method)
    {
        using var client = new PlainClient(
            method, "http://emulator:5210", (http, endpoints) => new(http) { ClientId = "id", Endpoints = endpoints, RequireHttpsEndpoints = false });

        await client.CallAsync();

        Assert.Equal(method == nameof(BinanceOAuthClient.CreateAuthorizationRequest) ? 0 : 1, client.Requests);
    }
}
