namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// The client sends nothing over plain http, and sends no browser there, except on the loopback interface.
/// </summary>
public sealed class HttpsEndpointTests
{
    public static TheoryData<string> Methods => [.. PlainClient.Methods];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_request_over_plain_http_is_refused_by_the_option_s_name_before_it_is_sent(string method)
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
    public async Task What_only_looks_like_loopback_is_refused(string address)
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
    public async Task A_refresher_passes_it_on_and_no_refresh_token_is_spent()
    {
        using var client = new PlainClient(nameof(BinanceOAuthClient.RefreshAsync), "http://server.example");
        var refresher = new BinanceTokenRefresher(client.Client);

        await Assert.ThrowsAsync<InvalidOperationException>(() => refresher.RefreshAsync("a-refresh-token", TestContext.Current.CancellationToken));

        Assert.Equal(0, client.Requests);
    }
}
