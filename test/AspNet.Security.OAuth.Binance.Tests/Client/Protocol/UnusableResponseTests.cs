using AspNet.Security.OAuth.Binance.Tests.Client.Support;
using static AspNet.Security.OAuth.Binance.BinanceFailure;

namespace AspNet.Security.OAuth.Binance.Tests.Client.Protocol;

/// <summary>
/// Responses that say nothing about the request: of a server that is not available, of a firewall, and bodies that are no JSON object.
/// </summary>
public sealed class UnusableResponseTests
{
    private const string Firewall = "the response is that of a firewall or a proxy";
    private const string Html = "<!doctype html>";

    [Theory]
    [InlineData(200, "{}", InvalidResponse, "access_token is missing or is not a token")]
    [InlineData(299, "{}", InvalidResponse, "access_token is missing or is not a token")]
    [InlineData(300, "{}", InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData(399, "{}", InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData(400, "{}", TokenError, "the request was refused")]
    [InlineData(408, "{}", Unavailable, "the server is not available")]
    [InlineData(429, "{}", Unavailable, "the server is not available")]
    [InlineData(499, "{}", TokenError, "the request was refused")]
    [InlineData(500, "{}", Unavailable, "the server is not available")]
    [InlineData(599, "{}", Unavailable, "the server is not available")]
    [InlineData(200, "text", InvalidResponse, "the response is not JSON")]
    [InlineData(400, "text", TokenError, "the request was refused")]
    [InlineData(200, "[]", InvalidResponse, "the response is not a JSON object")]
    [InlineData(200, "{\"access_token\":\"one\",\"access_token\":\"two\"}", InvalidResponse, "the response is not JSON")]
    [InlineData(200, Html, Unavailable, Firewall)]
    [InlineData(200, "\t\r\n <p>", Unavailable, Firewall)]
    [InlineData(400, Html, Unavailable, Firewall)]
    [InlineData(299, Html, Unavailable, Firewall)]
    [InlineData(300, Html, InvalidResponse, "the response is a redirect, which is never followed")]
    [InlineData(399, Html, InvalidResponse, "the response is a redirect, which is never followed")]
    public async Task Status_and_body_decide_the_failure(int status, string body, BinanceFailure kind, string reason)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(body, status).ExchangeAsync());

        Assert.Equal((kind, $"Binance's token endpoint: {reason}, HTTP {status}."), (failure.Failure, failure.Message));
    }

    [Theory]
    [InlineData("text/html", Unavailable)]
    [InlineData("TEXT/HTML;charset=utf-8", Unavailable)]
    [InlineData("application/xhtml+xml", Unavailable)]
    [InlineData("text/plain", InvalidResponse)]
    [InlineData("not a type", InvalidResponse)]
    public async Task Page_is_recognized_by_its_type(string contentType, BinanceFailure kind)
        => Assert.Equal(kind, (await FixedResponse.FailureOfAsync(() => new FixedResponse("Please wait", contentType: contentType).ExchangeAsync())).Failure);

    [Theory]
    [InlineData(200, Responses.Tokens)]
    [InlineData(200, "text")]
    [InlineData(302, "text")]
    [InlineData(400, """{"error":"invalid_grant"}""")]
    public async Task Header_of_the_firewall_says_that_the_request_did_not_arrive(int status, string body)
    {
        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(body, status, header: "x-amzn-waf-action").ExchangeAsync());

        Assert.Equal(Unavailable, failure.Failure);
        Assert.StartsWith($"Binance's token endpoint: {Firewall}, HTTP {status}", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public async Task JSON_has_at_most_16_levels(int depth, bool accepted)
    {
        var nested = $"{new string('[', depth - 1)}{new string(']', depth - 1)}";
        var call = new FixedResponse($$"""{"access_token":"one","added_later":{{nested}}}""").ExchangeAsync();

        Assert.Equal(accepted, await Record.ExceptionAsync(() => call) is null);
    }

    [Theory]
    [InlineData(4 * 1024)]
    [InlineData(20 * 1024)]
    [InlineData(64 * 1024)]
    public async Task Response_of_64_KiB_is_read_whole(int length)
    {
        var body = $$"""{"access_token":"one","refresh_token":"two"}""".PadRight(length);

        Assert.Equal("two", (await new FixedResponse(body).ExchangeAsync()).RefreshToken);
    }

    [Fact]
    public async Task Response_of_more_than_64_KiB_is_rejected()
    {
        var body = """{"access_token":"one"}""".PadRight((64 * 1024) + 1);

        var failure = await FixedResponse.FailureOfAsync(() => new FixedResponse(body).ExchangeAsync());

        Assert.Equal("Binance's token endpoint: the response is larger than 64 KiB, HTTP 200.", failure.Message);
    }

    [Fact]
    public async Task Byte_order_mark_is_skipped()
        => Assert.Equal("one", (await new FixedResponse("\uFEFF{\"access_token\":\"one\"}").ExchangeAsync()).AccessToken);

    [Theory]
    [InlineData(503, 2)]
    [InlineData(400, 1)]
    public async Task User_information_is_requested_twice_if_the_server_is_not_available(int status, int requests)
    {
        var server = new FixedResponse("{}", status) { Time = TimeProvider.System };

        await FixedResponse.FailureOfAsync(() => server.GetUserAsync());

        Assert.Equal(requests, server.Requests);
    }
}
