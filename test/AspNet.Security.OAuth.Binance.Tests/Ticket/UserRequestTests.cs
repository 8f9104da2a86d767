using WireMock.ResponseBuilders;

namespace AspNet.Security.OAuth.Binance.Tests;

public sealed class UserRequestTests
{
    [Fact]
    public async Task User_info_is_asked_for_with_the_documented_request_and_nothing_more()
    {
        using var binance = new BinanceStub();
        await using var site = await TestSite.StartAsync(binance);

        using var response = await new SiteBrowser(site).SignInAsync();
        var request = Assert.Single(binance.UserRequests);

        Assert.Equal("GET", request.Method);
        Assert.Equal(BinanceStub.UserPath, new Uri(request.Url).PathAndQuery);
        Assert.Equal($"Bearer {Answers.AccessToken}", Assert.Single(request.Headers!["Authorization"]));
        Assert.Equal("application/json", Assert.Single(request.Headers["Accept"]));
        Assert.DoesNotContain("Cookie", request.Headers.Keys);
        Assert.DoesNotContain("Content-Type", request.Headers.Keys);
        Assert.Null(request.Body);
    }

    [Fact]
    public async Task A_cookie_that_binance_sets_is_not_sent_back()
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.TokenPath, Response.Create().WithHeader("Set-Cookie", "of=one-user; Path=/").WithBody(Answers.Tokens));
        await using var site = await TestSite.StartAsync(binance);

        using var first = await new SiteBrowser(site).SignInAsync();
        using var second = await new SiteBrowser(site).SignInAsync();

        Assert.Equal(4, binance.Requests.Count);
        Assert.All(binance.Requests, request => Assert.DoesNotContain("Cookie", request.Headers!.Keys));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public async Task User_info_is_asked_once_more_when_it_was_unavailable(int status)
    {
        using var binance = new BinanceStub();
        binance.AnswerAfter(BinanceStub.UserPath, Answers.User, status);
        await using var site = await TestSite.StartAsync(binance);
        var browser = new SiteBrowser(site);

        using var response = await browser.SignInAsync();

        Assert.True((await browser.SessionAsync()).SignedIn);
        Assert.Equal(2, binance.UserRequests.Count);
        Assert.Single(binance.TokenRequests);
    }

    [Fact]
    public async Task User_info_is_asked_once_more_when_the_connection_broke()
    {
        using var binance = new BinanceStub();
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Le");
        await using var site = await TestSite.StartAsync(
            binance, setup => setup.Binance = options => options.UserInformationEndpoint = server.Url);

        Assert.Equal(BinanceFailure.Unavailable, (await site.FailToSignInAsync()).Failure);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task User_info_is_not_asked_a_third_time()
    {
        using var binance = new BinanceStub();
        binance.AnswerAfter(BinanceStub.UserPath, Answers.User, 503, 502);
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
    public async Task A_refusal_of_user_info_is_taken_for_what_it_is_at_once(int status, string body)
    {
        using var binance = new BinanceStub();
        binance.Answer(BinanceStub.UserPath, body, status);
        await using var site = await TestSite.StartAsync(binance);

        await site.FailToSignInAsync();

        Assert.Single(binance.UserRequests);
    }
}
