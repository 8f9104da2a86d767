using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests.Ticket;

public sealed class UserRequestTests
{
    [Fact]
    public async Task The_user_info_request_is_the_documented_one()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().SignInAsync();
        var request = Assert.Single(binance.UserRequests);

        Assert.Equal("GET", request.Method);
        Assert.Equal(BinanceStub.UserPath, new Uri(request.Url).PathAndQuery);
        Assert.Equal($"Bearer {Responses.AccessToken}", Assert.Single(request.Headers!["Authorization"]));
        Assert.Equal("application/json", Assert.Single(request.Headers["Accept"]));
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
        Assert.Null(request.Body);
    }

    [Fact]
    public async Task A_cookie_that_binance_sets_is_not_sent_back()
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.TokenPath, Response.Create().WithHeader("Set-Cookie", "of=one-user; Path=/").WithBody(Responses.Tokens));
        await using var site = await TestSite.StartAsync(binance);

        await site.Browser().SignInAsync();
        await site.Browser().SignInAsync();

        Assert.Equal(4, binance.Requests.Count);
        Assert.All(binance.Requests, request => Assert.DoesNotContain("Cookie", request.Headers!.Keys));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task The_user_info_request_is_repeated_once_when_the_server_is_unavailable(int status)
    {
        using var binance = new BinanceStub();
        binance.RespondAfter(BinanceStub.UserPath, Responses.User, status);
        await using var site = await TestSite.StartAsync(binance);
        var browser = site.Browser();

        await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, binance.UserRequests.Count);
        Assert.Single(binance.TokenRequests);
    }

    [Fact]
    public async Task The_user_info_request_is_repeated_once_when_the_connection_breaks()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Le");
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.UserInformationEndpoint = server.Url);

        Assert.Equal(BinanceFailure.Unavailable, (await site.FailToSignInAsync()).Failure);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task The_user_info_request_is_not_sent_a_third_time()
    {
        using var binance = new BinanceStub();
        binance.RespondAfter(BinanceStub.UserPath, Responses.User, 503, 502);
        await using var site = await TestSite.StartAsync(binance);

        var failure = await site.FailToSignInAsync();

        Assert.Equal(BinanceFailure.Unavailable, failure.Failure);
        Assert.Equal(502, failure.StatusCode);
        Assert.Equal(2, binance.UserRequests.Count);
    }

    [Theory]
    [InlineData(200, "{\"code\":\"117041\",\"message\":\"Quote expired\",\"data\":null,\"success\":false}")]
    [InlineData(200, "not JSON")]
    [InlineData(401, "{}")]
    [InlineData(404, "")]
    public async Task A_refused_user_info_request_is_not_repeated(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Respond(BinanceStub.UserPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        await site.FailToSignInAsync();

        Assert.Single(binance.UserRequests);
    }
}
