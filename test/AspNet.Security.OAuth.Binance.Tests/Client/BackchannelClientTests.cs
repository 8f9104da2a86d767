using AspNet.Security.OAuth.Binance.Tests.Client.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Client;

/// <summary>
/// The HTTP client for Binance, and the properties of its handler.
/// </summary>
public sealed class BackchannelClientTests
{
    [Fact]
    public void Handler_follows_no_redirect_and_keeps_no_cookie()
    {
        using var handler = BinanceOAuthClient.CreateHttpHandler();

        Assert.Equal((false, false, 0), (handler.AllowAutoRedirect, handler.UseCookies, handler.MaxResponseDrainSize));
        Assert.InRange(handler.PooledConnectionLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void Client_has_no_timeout_of_its_own_and_names_itself()
    {
        using var http = BinanceOAuthClient.CreateHttpClient();

        Assert.Equal(Timeout.InfiniteTimeSpan, http.Timeout);
        Assert.Equal("AspNet.Security.OAuth.Binance", http.DefaultRequestHeaders.UserAgent.ToString());
    }

    [Fact]
    public void Redirects_are_switched_off_in_any_handler()
    {
        using var sockets = new SocketsHttpHandler { AllowAutoRedirect = true };
        using var client = new HttpClientHandler { AllowAutoRedirect = true };
        using var inner = new SocketsHttpHandler { AllowAutoRedirect = true };

        using (BinanceOAuthClient.CreateHttpClient(sockets))
        using (BinanceOAuthClient.CreateHttpClient(client))
        using (BinanceOAuthClient.CreateHttpClient(new OuterHandler(new OuterHandler(inner))))
        {
            Assert.Equal((false, false, false), (sockets.AllowAutoRedirect, client.AllowAutoRedirect, inner.AllowAutoRedirect));
        }
    }

    [Fact]
    public async Task Handler_in_use_elsewhere_that_follows_redirects_is_refused()
    {
        await using var server = new RawServer("HTTP/1.1 204 No Content\r\n\r\n");
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = true };
        using var elsewhere = new HttpClient(handler);
        using var response = await elsewhere.GetAsync(new Uri(server.Url), TestContext.Current.CancellationToken);

        var failure = Assert.Throws<InvalidOperationException>(() => BinanceOAuthClient.CreateHttpClient(handler));

        Assert.Contains("set AllowAutoRedirect to false where the handler is made", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_in_use_elsewhere_that_follows_no_redirects_is_used()
    {
        using var handler = new FixedResponse(Responses.User);
        using var http = BinanceOAuthClient.CreateHttpClient(handler);

        var user = await new BinanceOAuthClient(http) { ClientId = "id" }.GetUserAsync("one", TestContext.Current.CancellationToken);

        Assert.Equal(Responses.UserId, user.UserId);
    }

    private sealed class OuterHandler(HttpMessageHandler inner) : DelegatingHandler(inner);
}
